/** Where a session that has moved really is: its place, and its id there. */
export interface ISessionBinding {
  readonly providerId: string;
  readonly sessionId: string;
}

/** The sessions that moved to another place, by the id that Lab knows.
 *  A session that never moved has no binding: its ids are the same. */
export class SessionBindings {
  bind(id: string, binding: ISessionBinding): void {
    this.forget(id);
    this._bindings.set(id, binding);
    this._ids.set(keyOf(binding), id);
  }

  get(id: string): ISessionBinding | undefined {
    return this._bindings.get(id);
  }

  /** The id that Lab knows for a place's session, undefined for one that never moved. */
  idOf(binding: ISessionBinding): string | undefined {
    return this._ids.get(keyOf(binding));
  }

  forget(id: string): void {
    const old = this._bindings.get(id);
    if (old) {
      this._ids.delete(keyOf(old));
      this._bindings.delete(id);
    }
  }

  private readonly _bindings = new Map<string, ISessionBinding>();
  private readonly _ids = new Map<string, string>();
}

function keyOf({ providerId, sessionId }: ISessionBinding): string {
  return `${providerId}/${sessionId}`;
}
