import { PromiseDelegate } from '@lumino/coreutils';

import { Resource } from '../resource';

describe('Resource', () => {
  it('should hold what was loaded', async () => {
    const resource = new Resource(0, async () => 7);
    expect(resource.loaded).toBe(false);
    await resource.refresh();
    expect(resource.value).toBe(7);
    expect(resource.loaded).toBe(true);
  });

  it('should keep the last value when loading fails, and recover', async () => {
    const answers: (() => number)[] = [
      () => 1,
      () => {
        throw new Error('down');
      },
      () => 2
    ];
    const resource = new Resource(0, async () => answers.shift()!());
    await resource.refresh();
    await resource.refresh();
    expect(resource.value).toBe(1);
    expect(resource.error?.message).toBe('down');
    await resource.refresh();
    expect(resource.value).toBe(2);
    expect(resource.error).toBeNull();
  });

  it('should make many questions one more, which is newer than all', async () => {
    const first = new PromiseDelegate<number>();
    const load = jest
      .fn<Promise<number>, []>()
      .mockReturnValueOnce(first.promise)
      .mockResolvedValue(2);
    const resource = new Resource(0, load);
    const all = [resource.refresh(), resource.refresh(), resource.refresh()];
    first.resolve(1);
    await Promise.all(all);
    expect(load).toHaveBeenCalledTimes(2);
    expect(resource.value).toBe(2);
  });

  it('should say nothing once disposed', async () => {
    const answer = new PromiseDelegate<number>();
    const resource = new Resource(0, () => answer.promise);
    const changed = jest.fn();
    resource.changed.connect(changed);
    const asked = resource.refresh();
    resource.dispose();
    answer.resolve(1);
    await asked;
    expect(changed).not.toHaveBeenCalled();
    expect(resource.value).toBe(0);
  });
});
