// The InMail composer of www.linkedin.com: an overlay on any page, or the page of /messaging/compose/. All content
// invented; not a capture. The exact free, zero and loading sentences are not known. name=card|header|entity|list|none
// (list: the card is the first item of the list of messages)

const N_MAIN = count.n ?? "45";

const MAIN_LINES = {
  credits: {
    en: `Use ${count.one} of ${N_MAIN} InMail credits`,
    de: `${count.one} von ${N_MAIN} InMail-Guthaben verwenden`,
    tr: `${N_MAIN} InMail kredisi arasından ${count.one} krediyi kullan`,
  },
  free: { en: "Free message.", de: "Kostenlose Nachricht.", tr: "Ücretsiz mesaj." },
  zero: { en: "No InMail credits left", de: "Keine InMail-Guthaben mehr", tr: "InMail krediniz kalmadı" },
  loading: { en: "Loading", de: "Wird geladen", tr: "Yükleniyor" },
  // "150 InMail-Guthaben" contains "0 InMail-Guthaben".
  unknown: { en: "150 InMail credits", de: "150 InMail-Guthaben", tr: "150 InMail kredisi" },
};

function creditsSection() {
  // A message to a 1st-degree connection is no InMail: nothing is said about credits.
  if (state === "missing" || asked.get("degree") === "1" || asked.has("plain")) return "";
  const words = say(MAIN_LINES[state]);
  const why = say({ en: "Why?", de: "Warum?", tr: "Neden?" });
  const line = {
    free: `${words} <a class="link" target="_blank" rel="noopener noreferrer" href="/help/linkedin/answer/139" data-control-name="free_inmail_why" data-test-awaiting-inmail-response-learn-more="true">${why}</a>`,
    zero: `<span class="msg-inmail-credits-display__error">${words}</span>`,
  };
  return `<section class="msg-inmail-credits-display pv2 ph4 relative ${state === "free" ? "justify-flex-end" : ""}">
   ${state === "free" ? "" : '<span class="a11y-text">Premium</span>'}<p class="t-12 t-black--light t-normal">${line[state] ?? words}</p></section>`;
}

function recipient({ name, slug }) {
  const degree = asked.get("degree") ?? "3";
  const words = say({ en: { 1: "1st", 2: "2nd", 3: "3rd" }[degree], de: `${degree}.`, tr: `${degree}.` });
  const mark = asked.has("plain")
    ? ""
    : `<span class="artdeco-entity-lockup__degree" aria-hidden="true">· ${words}</span>`;
  const link = `href="/in/${asked.get("card") ?? slug}/"`;
  return {
    card: {
      title: say({ en: "New message", de: "Neue Nachricht", tr: "Yeni mesaj" }),
      card: `<a class="profile-card-one-to-one__profile-link" ${link}>${name}</a> ${mark}`,
    },
    header: { title: `<span><a ${link}>${name}</a></span> ${mark}`, card: "" },
    entity: {
      title: "",
      card: `<a ${link}><h2 class="msg-entity-lockup__entity-title">
      ${name}
    </h2></a> ${mark}`,
    },
    list: {
      title: say({ en: "New message", de: "Neue Nachricht", tr: "Yeni mesaj" }),
      card: "",
      item: `<li><div class="msg-s-profile-card msg-s-profile-card-one-to-one">
      <a class="profile-card-one-to-one__profile-link" ${link}>${name}</a> ${mark}</div></li>`,
    },
    none: { title: say({ en: "New message", de: "Neue Nachricht", tr: "Yeni mesaj" }), card: "" },
  }[asked.get("name") ?? "card"];
}

const mainSite = {
  shadow: "open",
  n: N_MAIN,
  line: ".msg-inmail-credits-display p",
  composer: ".msg-convo-wrapper",
  body: ".msg-form__contenteditable",
  send: ".msg-form__send-button",
  mayWrite: (composer) => composer.querySelector(".msg-form__contenteditable").textContent.trim() !== "",
  own: '<li class="msg-s-message-list__event clearfix"><div class="msg-s-event-listitem"><p class="msg-s-event-listitem__body" data-text></p></div></li>',
  place: (composer) => composer.querySelector(".msg-s-message-list-content"),
  markup: (person, { active }) => {
    const { title, card, item = "" } = recipient(person);
    return `<aside class="msg-overlay-container">
<div class="msg-convo-wrapper msg-overlay-conversation-bubble ${active ? "msg-overlay-conversation-bubble--is-active" : ""} msg-overlay-conversation-bubble--inmail" role="dialog" aria-label="Messaging">
 <header class="msg-overlay-bubble-header"><h2 class="msg-overlay-bubble-header__title">${title}</h2>
  <button class="msg-overlay-bubble-header__control"><span>${say({ en: "Close your draft conversation", de: "Entwurf schließen", tr: "Taslağı kapat" })}</span></button></header>
 <div class="msg-overlay-conversation-bubble__content-wrapper">
  <div class="msg-s-profile-card msg-s-profile-card-one-to-one">${card}</div>
  ${creditsSection()}
  <ul class="msg-s-message-list-content">${item}${earlier(mainSite.own)}${decoys("li", "msg-s-message-list__event msg-s-event-listitem--other")}</ul>
  <form class="msg-form">
   ${asked.has("plain") ? "" : `<input name="subject" type="text" placeholder="${say({ en: "Subject (optional)", de: "Betreff (optional)", tr: "Konu (isteğe bağlı)" })}">`}
   <div class="msg-form__contenteditable" contenteditable="true" role="textbox" aria-multiline="true" aria-label="${say({ en: "Write a message…", de: "Nachricht verfassen…", tr: "Mesaj yaz…" })}"><p><br></p></div>
   <footer class="msg-form__footer"><button class="msg-form__send-button artdeco-button artdeco-button--1" type="submit" disabled>${say({ en: "Send", de: "Senden", tr: "Gönder" })}</button></footer>
  </form>${decoys("p")}</div></div></aside>`;
  },
};
