/** Server-sent events from a byte stream (WHATWG HTML, 9.2.6), for page and Node alike. */

export interface IServerEvent {
  readonly id: string;
  readonly type: string;
  readonly data: string;
}

/** Takes pieces of text as they come; gives the events that are complete. Comments are passed over. */
export class EventStreamParser {
  push(text: string): IServerEvent[] {
    this._rest += text;
    const lines = this._rest.split(/\r\n|\n|\r(?!$)/);
    this._rest = lines.pop() ?? '';
    return lines.flatMap(line => this._takeLine(line));
  }

  private _takeLine(line: string): IServerEvent[] {
    if (line === '') {
      const data = this._data.join('\n');
      const event = { id: this._id, type: this._type || 'message', data };
      const isEmpty = this._data.length === 0;
      this._data = [];
      this._type = '';
      return isEmpty ? [] : [event];
    }
    const [, field, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? ['', '', ''];
    if (field === 'data') {
      this._data.push(value);
    } else if (field === 'event') {
      this._type = value;
    } else if (field === 'id') {
      this._id = value;
    }
    return [];
  }

  private _rest = '';
  private _data: string[] = [];
  private _type = '';
  private _id = '';
}
