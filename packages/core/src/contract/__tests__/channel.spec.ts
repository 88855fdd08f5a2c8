import { describe, expect, it } from '@jest/globals';

import { parseControlFrame, parseResumeQuery, resumeQuery } from '../channel.js';

describe('the frames of the channel', () => {
  it('are known by their type, and passed over when they are not', () => {
    expect(parseControlFrame('{"type":"attached","epoch":"e","next":4}')).toEqual({
      type: 'attached',
      epoch: 'e',
      next: 4
    });
    for (const text of ['{"type":"attached","next":"4"}', '{"type":"new"}', '[]', 'null', '{']) {
      expect(parseControlFrame(text)).toBeUndefined();
    }
  });

  it('continue from a point that goes through a query and back', () => {
    const point = { epoch: 'e&1', after: 7 };
    expect(parseResumeQuery(resumeQuery(point))).toEqual({ resume: true, point });
    expect(parseResumeQuery(resumeQuery())).toEqual({ resume: true });
    expect(parseResumeQuery(new URLSearchParams('session_id=x'))).toEqual({ resume: false });
    expect(parseResumeQuery(new URLSearchParams('resume=1&epoch=e&after=x'))).toEqual({
      resume: true
    });
  });
});
