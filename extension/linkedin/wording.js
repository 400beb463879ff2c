// Selectors (`css`) and texts (`text`, # is a number) of LinkedIn's pages. `on` lists the practice pages that a rule
// must match, as surface.state.language (the last two may be left out), and after a colon how often; it must match no
// others. e2e/test_reading.py checks this. The scripts of a page share the global `inkeeper`; the last script deletes
// it.

"use strict";
{
  const main = "main header list compose two:2";
  const sales = "sales lead";
  /** @type {LinkedinWording} */
  const wording = {
    // Never read: what users write, and quoted content.
    unread: "input, textarea, [contenteditable], [role=textbox], ul, ol, article, aside",
    // Except: a thread's list has the person's card before its first message.
    list: "ul, ol",
    message: ".msg-s-message-list__event, .msg-s-event-listitem, article",
    // An InMail is being written, even if the composer is in an unknown format.
    sign: {
      css: [
        'input[name="subject"]',
        'input:is([aria-label*="subject" i], [aria-label*="Betreff" i], [aria-label*="konu" i])',
      ].join(", "),
      on: `${main} ${sales} recruiter`,
    },
    // The line has not loaded yet.
    loading: { text: /^(Loading|Wird geladen|Yükleniyor)\W*$/, on: "main.loading sales.loading" },
    // "· 1st", "· 1."
    degree: { css: ".artdeco-entity-lockup__degree", on: `${main} ${sales}` },

    // A composer is the nearest `frame` around its `anchor`. Only elements before the anchor are read.
    kinds: [
      {
        product: "premium",
        anchor: { css: ".msg-form__contenteditable[role=textbox]", on: main },
        frame: { css: ".msg-convo-wrapper, .msg-overlay-conversation-bubble", on: main },
        active: { css: ".msg-overlay-conversation-bubble--is-active", on: "main header list compose two" },
        send: { css: ".msg-form__send-button, .msg-form__send-btn", on: main },
        own: {
          css: ".msg-s-message-list__event:not(.msg-s-event-listitem--other, :has(.msg-s-event-listitem--other))",
          on: "compose",
        },
        name: {
          css: '.profile-card-one-to-one__profile-link, header h2 a[href*="/in/"], .msg-entity-lockup__entity-title',
          on: main,
        },
        line: { css: ".msg-inmail-credits-display p", on: main },
        // Words and their order differ by language, the position does not.
        credit: { text: /^(?=.*InMail)[^#]*#[^#]+#[^#]*$/, on: "main.credits header list compose two:2" },
        free: { css: "[data-test-awaiting-inmail-response-learn-more]", on: "main.free" },
        none: { css: ".msg-inmail-credits-display__error", on: "main.zero" },
      },
      {
        product: "sales_navigator",
        anchor: { css: 'section[role=dialog] textarea[name="message"]', on: sales },
        frame: { css: "section[role=dialog]", on: sales },
        send: { css: "section[role=dialog] form [type=submit]", on: sales },
        own: { css: '[data-sn-view-name="messaging-message"]', on: "lead" },
        name: { css: 'header [data-anonymize="person-name"]', on: "lead" },
        label: { text: /^(?:Conversation with (.+)|Unterhaltung mit (.+)|(.+) ile konuşma)$/, on: "sales" },
        line: { css: "span.ml1.t-12.truncate", on: sales },
        credit: {
          text: /^(Use # of # credits?|# von # InMail-Guthaben verwenden|# kredi\S* # kredi\S* kullan)$/,
          on: "sales.credits sales.zero lead",
        },
        free: {
          text: /^(Free to Open Profile|Kostenlos für Open Profile|Open Profile için ücretsiz)$/,
          on: "sales.free",
        },
      },
      {
        // The meaning of its "212/590" (used and total?) is unknown, so it is not read. The name is in the title.
        product: "recruiter",
        anchor: { css: "[data-live-test-messaging-submit-btn]", on: "recruiter" },
        frame: { css: "aside[aria-label]", on: "recruiter" },
        send: { css: "[data-live-test-messaging-submit-btn]", on: "recruiter" },
      },
    ],
  };
  globalThis.inkeeper = /** @type {any} */ (wording);
}
