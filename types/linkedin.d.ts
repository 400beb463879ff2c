// The types of the scripts in LinkedIn's pages. The scripts share the global `inkeeper` while they are loaded and
// delete it afterwards.

/** A selector (`css`) or a text pattern. */
interface LinkedinRule {
  css?: string;
  text?: RegExp;
  /** The practice pages that it matches. */
  on: string;
}

/** The composer of one of LinkedIn's products. */
interface LinkedinKind {
  product: Product;
  anchor: LinkedinRule;
  frame: LinkedinRule;
  /** Matches the frame that the user works in. */
  active?: LinkedinRule;
  send: LinkedinRule;
  /** The messages sent by the user. */
  own?: LinkedinRule;
  name?: LinkedinRule;
  /** The frame's accessible name; the one group that matches is the person's name. */
  label?: LinkedinRule;
  line?: LinkedinRule;
  credit?: LinkedinRule;
  free?: LinkedinRule;
  none?: LinkedinRule;
}

interface LinkedinWording {
  unread: string;
  list: string;
  message: string;
  sign: LinkedinRule;
  loading: LinkedinRule;
  degree: LinkedinRule;
  kinds: LinkedinKind[];
}

interface LinkedinComposer { kind: LinkedinKind; frame: Element; anchor: Element }

/** The reading of a composer; its texts are not trusted. */
interface ComposerReading {
  /** The composer's line was understood, or has not loaded yet. */
  recognised: boolean;
  product: Product | null;
  name: string;
  link: string;
  cost: "credit" | "free" | "unknown";
  /** The balance before this send; null if the line does not show it. */
  balance: number | null;
  degree1: boolean;
}

interface LinkedinScripts extends LinkedinWording {
  roots(root: Document | ShadowRoot): Iterable<Document | ShadowRoot>;
  find(places: Iterable<ParentNode>, rule: LinkedinRule | undefined): Element[];
  /** Every composer below these documents and shadow roots. */
  composers(places: Iterable<ParentNode>): LinkedinComposer[];
  read(composer: LinkedinComposer): ComposerReading;
  /** The top page at this moment. */
  place(): PagePlace;
}

/** A composer in which Send was pressed, until it is known whether it was sent. */
interface LinkedinWatch {
  composer: LinkedinComposer;
  /** The reading before the press; only its balance is compared afterwards. */
  reading: ComposerReading;
  /** The page when Send was pressed. */
  place: PagePlace;
  /** The composer existed before the user's press. */
  isOld: boolean;
  own: Element[];
  /** The document or shadow root of the composer. */
  root: any;
  /** The Send button was pressed, not only Enter. */
  isSure: boolean;
  /** The user has done something else since. */
  touched: boolean;
  /** When Send was pressed, in milliseconds since the epoch. */
  at: number;
}

/** The parts of the listener. */
interface LinkedinListener {
  /** The composer whose `part` is in an event's path. */
  composerOf(path: (EventTarget | null)[], part: "anchor" | "send"): LinkedinComposer | undefined;
  canSend(composer: LinkedinComposer): boolean;
  ownIn(composer: LinkedinComposer): Element[];
  startWatch(composer: LinkedinComposer, isSure: boolean): void;
  /** Whether the user pressed something in this composer within the last second. */
  isByUser(composer: LinkedinComposer): boolean;
  settle(watch: LinkedinWatch, proven: boolean): void;
}

/** The listener's message to the worker; not trusted, as it comes from a page. */
interface SentNotice extends ComposerReading { place: PagePlace; at: number; proven: boolean }

declare var inkeeper: LinkedinScripts;
