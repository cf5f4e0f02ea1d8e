/** Listeners by the name of what they listen to. A listener's mistake is its own: the others hear all the same. */

export class EventListeners<Events extends object> {
  readonly #byName = new Map<keyof Events, Set<(value: never) => void>>();

  /** `onFailure` is given what a listener throws. */
  constructor(private readonly onFailure: (error: unknown) => void = () => undefined) {}

  /** Returns the function that takes the listener back. One that is added twice is called twice. */
  on<Name extends keyof Events>(name: Name, listener: (value: Events[Name]) => void): () => void {
    const own = (value: Events[Name]): void => listener(value);
    const listeners = this.#byName.get(name) ?? new Set();
    this.#byName.set(name, listeners.add(own));
    return () => listeners.delete(own);
  }

  /** One that is added or taken back meanwhile takes effect the next time. */
  tell<Name extends keyof Events>(name: Name, value: Events[Name]): void {
    for (const listener of [...(this.#byName.get(name) ?? [])]) {
      try {
        (listener as (value: Events[Name]) => void)(value);
      } catch (error) {
        this.onFailure(error);
      }
    }
  }
}
