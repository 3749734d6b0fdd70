import { Settings } from '../settings';

describe('Settings', () => {
  it('should size clusters only as far as the person has said', () => {
    const settings = new Settings();
    expect(settings.size).toEqual({});
    settings.set({ minimum: 0, maximum: null });
    expect(settings.size).toEqual({ minimum: 0 });
    settings.set({ minimum: 2, maximum: 8 });
    expect(settings.size).toEqual({ minimum: 2, maximum: 8 });
  });

  it('should not take what is not of its type, and tell of changes', () => {
    const settings = new Settings();
    const changed = jest.fn();
    settings.changed.connect(changed);
    settings.set({ minimum: 1.5, maximum: '8', homeRegion: 3, tour: 'yes' });
    expect(settings.value).toEqual({
      homeRegion: '',
      minimum: null,
      maximum: null,
      tour: false
    });
    expect(changed).toHaveBeenCalledTimes(1);
  });
});
