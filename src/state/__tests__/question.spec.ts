import { PromiseDelegate } from '@lumino/coreutils';

import { Question } from '../question';

describe('Question', () => {
  it('should keep its last answer when it fails the next time', async () => {
    const answers = [async () => 1, () => Promise.reject(new Error('down'))];
    const question = new Question(() => answers.shift()!());
    await question.ask();
    expect(question.answer).toBe(1);
    await question.ask();
    expect(question.answer).toBe(1);
    expect(question.error?.message).toBe('down');
    expect(question.since).toBeNull();
  });

  it('should take the newest answer when it is asked again meanwhile', async () => {
    const first = new PromiseDelegate<number>();
    const signals: AbortSignal[] = [];
    const question = new Question(signal => {
      signals.push(signal);
      return signals.length === 1 ? first.promise : Promise.resolve(2);
    });
    const both = [question.ask(), question.ask()];
    first.resolve(1);
    await Promise.all(both);
    expect(question.answer).toBe(2);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
  });

  it('should wait no longer once stopped, and say nothing once disposed', async () => {
    const answer = new PromiseDelegate<number>();
    const question = new Question(() => answer.promise);
    const asked = question.ask();
    expect(question.since).toBeGreaterThan(0);
    question.stop();
    expect(question.since).toBeNull();
    const again = question.ask();
    const changed = jest.fn();
    question.changed.connect(changed);
    question.dispose();
    answer.resolve(1);
    await Promise.all([asked, again]);
    expect(question.answer).toBeNull();
    expect(changed).not.toHaveBeenCalled();
  });
});
