// The types of what runs in LinkedIn's pages. Its scripts share one name while they are loaded, and take it away again.

/** Where something stands, or what a text says. */
interface LinkedinRule {
  css?: string;
  text?: RegExp;
  /** The practice pages on which it matches. */
  on: string;
}

/** The composer of one of LinkedIn's products. */
interface LinkedinKind {
  product: string;
  anchor: LinkedinRule;
  frame: LinkedinRule;
  /** On the frame that the user works in. */
  active?: LinkedinRule;
  send: LinkedinRule;
  /** The messages that the user has sent. */
  own?: LinkedinRule;
  name?: LinkedinRule;
  /** What the frame is called, with the name in its one group that matches. */
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

/** What a page says; its texts are not to be trusted. */
interface ComposerReading {
  /** A composer is there, and its line was understood or has not come yet. */
  recognised: boolean;
  product: string | null;
  name: string;
  link: string;
  cost: "credit" | "free" | "unknown";
  /** As it is before this send; only where the line says it. */
  balance: number | null;
  degree1: boolean;
}

interface LinkedinScripts extends LinkedinWording {
  roots(root: Document | ShadowRoot): Iterable<Document | ShadowRoot>;
  find(places: Iterable<ParentNode>, rule: LinkedinRule | undefined): Element[];
  /** Every composer below these documents and shadow roots. */
  composers(places: Iterable<ParentNode>): LinkedinComposer[];
  read(composer: LinkedinComposer): ComposerReading;
  /** The page around all frames, at this moment. */
  place(): PagePlace;
}

/** A composer in which Send was pressed, until it is clear whether it was sent. */
interface LinkedinWatch {
  composer: LinkedinComposer;
  /** As it was before; only its counterpart afterwards is compared. */
  reading: ComposerReading;
  /** The page when Send was pressed. */
  place: PagePlace;
  /** The composer was there before the user began to press. */
  isOld: boolean;
  own: Element[];
  /** The document or shadow root that the composer is in. */
  root: any;
  /** A button was pressed, not only Enter. */
  isSure: boolean;
  /** The user has done something else since. */
  touched: boolean;
  /** When Send was pressed, in milliseconds. */
  at: number;
}

/** The parts of the listener. */
interface LinkedinListener {
  /** The composer whose part it is that an event came by. */
  composerOf(path: (EventTarget | null)[], part: "anchor" | "send"): LinkedinComposer | undefined;
  canSend(composer: LinkedinComposer): boolean;
  ownIn(composer: LinkedinComposer): Element[];
  startWatch(composer: LinkedinComposer, isSure: boolean): void;
  /** Whether the user pressed something in this composer within the last second. */
  isByUser(composer: LinkedinComposer): boolean;
  settle(watch: LinkedinWatch, proven: boolean): void;
}

/** What the listener tells the worker; like all that comes from a page, not to be trusted. */
interface SentNotice extends ComposerReading { place: PagePlace; at: number; proven: boolean }

declare var inkeeper: LinkedinScripts;
