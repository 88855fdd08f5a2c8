import type { Session } from '@jupyterlab/services';

/**
 * What each place listed last, as it is there, corrected by what was changed
 * since the listing was asked for: an answer that was under way when a session
 * was started, moved or ended would otherwise undo that.
 */
export class SessionLists {
  /** Take note of the moment before a place is asked. */
  begin(): number {
    return ++this._moment;
  }

  /** Take a place's answer to what was asked at `began`. */
  set(providerId: string, models: readonly Session.IModel[], began: number): void {
    const changes = this._changesOf(providerId);
    const list = new Map(models.map(model => [model.id, model]));
    for (const [sessionId, { moment, model }] of changes) {
      if (moment < began) {
        changes.delete(sessionId);
      } else if (model) {
        list.set(sessionId, model);
      } else {
        list.delete(sessionId);
      }
    }
    this._lists.set(providerId, [...list.values()]);
  }

  /** A session was started or changed: this is how it is now. */
  put(providerId: string, model: Session.IModel): void {
    this._changesOf(providerId).set(model.id, { moment: ++this._moment, model });
    const others = this.get(providerId).filter(({ id }) => id !== model.id);
    this._lists.set(providerId, [...others, model]);
  }

  /** A session has ended. */
  remove(providerId: string, sessionId: string): void {
    this._changesOf(providerId).set(sessionId, { moment: ++this._moment, model: null });
    this._lists.set(
      providerId,
      this.get(providerId).filter(({ id }) => id !== sessionId)
    );
  }

  get(providerId: string): readonly Session.IModel[] {
    return this._lists.get(providerId) ?? [];
  }

  private _changesOf(providerId: string): Map<string, IChange> {
    let changes = this._changes.get(providerId);
    if (!changes) {
      changes = new Map();
      this._changes.set(providerId, changes);
    }
    return changes;
  }

  private _moment = 0;
  private readonly _lists = new Map<string, readonly Session.IModel[]>();
  private readonly _changes = new Map<string, Map<string, IChange>>();
}

interface IChange {
  readonly moment: number;
  /** Null for a session that has ended. */
  readonly model: Session.IModel | null;
}
