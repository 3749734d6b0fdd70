import { Settings } from '../settings';

describe('Settings', () => {
  it('should say of clusters only what the person has said', () => {
    const settings = new Settings();
    expect(settings.ofCluster).toEqual({});
    settings.set({ minimum: 0, maximum: null, idleMinutes: null });
    expect(settings.ofCluster).toEqual({ minimum: 0 });
    settings.set({ minimum: 2, maximum: 8, idleMinutes: 7.5 });
    expect(settings.ofCluster).toEqual({
      minimum: 2,
      maximum: 8,
      idle_minutes: 7.5
    });
  });

  it('should not take what is not of its type, and tell of changes', () => {
    const settings = new Settings();
    const changed = jest.fn();
    settings.changed.connect(changed);
    settings.set({
      minimum: 1.5,
      maximum: '8',
      idleMinutes: 'long',
      homeRegion: 3,
      tour: 'yes'
    });
    expect(settings.value).toEqual({
      homeRegion: '',
      minimum: null,
      maximum: null,
      idleMinutes: null,
      tour: false
    });
    expect(changed).toHaveBeenCalledTimes(1);
  });
});
