import { nullTranslator } from '@jupyterlab/translation';

import { wordsOf } from '../error-words';
import { ApiError } from '../request';

const trans = nullTranslator.load('');

describe('wordsOf', () => {
  it.each([
    ['server-unreachable', 0, /check that it still runs\.$/],
    ['forbidden', 403, /load it anew to sign in again/],
    ['extension-missing', 404, /extension enable multicloud_lab$/],
    [
      'unexpected-answer',
      502,
      /answered 502\. Try again, or look at its log\.$/
    ]
  ])(
    'should say what is not well, and the way out: %s',
    (code, status, words) => {
      expect(wordsOf(new ApiError(code, 'As it was.', status), trans)).toMatch(
        words
      );
    }
  );

  it('should leave what the server says, and other errors, as they are', () => {
    const said = new ApiError('over-budget', 'It costs $9.', 409);
    expect(wordsOf(said, trans)).toBe('It costs $9.');
    expect(wordsOf(new Error('Oh.'), trans)).toBe('Oh.');
    expect(wordsOf('gone', trans)).toBe('gone');
  });
});
