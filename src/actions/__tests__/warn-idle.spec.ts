import { Notification } from '@jupyterlab/apputils';
import { Event } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { Stream } from '@lumino/signaling';

import { cluster, FakeServer } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { formatClock } from '../../components/format';
import { CHANGE_SCHEMA } from '../../state/feed';
import { Lab } from '../../state/lab';
import { IdleWarnings } from '../warn-idle';

describe('IdleWarnings', () => {
  const trans = nullTranslator.load('');
  const keep = jest.fn();
  const stop = jest.fn();
  let lab: Lab;
  let warnings: IdleWarnings;
  let events: Stream<Event.IManager, Event.Emission>;

  const said = () =>
    Notification.manager.notifications.map(({ message }) => message);
  const idle = () => {
    const now = Date.now() / 1000;
    return { idle_since: now - 961, stops_at: now + 841 };
  };

  beforeEach(() => {
    jest.clearAllMocks();
    lab = new Lab(new LabClient(new FakeServer().settings));
    events = new Stream({} as Event.IManager);
    warnings = new IdleWarnings(lab, events, { keep, stop }, trans);
  });

  afterEach(() => {
    warnings.dispose();
    lab.dispose();
    Notification.dismiss();
  });

  it('should warn once, however often it is listed', () => {
    const two = idle();
    lab.clusters.set([cluster('x', two), cluster('y')]);
    lab.clusters.set([cluster('x', { ...two, workers: 1 })]);
    const clock = formatClock(two.stops_at);
    expect(clock).toMatch(/^\d{1,2}:\d\d/);
    expect(said()).toEqual([
      `The cluster on aws-oregon is idle, and stops at ${clock}.`
    ]);
    expect(Notification.manager.notifications[0].type).toBe('warning');
  });

  it('should offer to keep it and to stop it', () => {
    lab.clusters.set([cluster('x', idle())]);
    const { actions } = Notification.manager.notifications[0].options;
    const click = new MouseEvent('click');
    actions!.find(({ label }) => label === 'Keep')!.callback(click);
    expect(keep).toHaveBeenCalledWith(expect.objectContaining({ name: 'x' }));
    actions!.find(({ label }) => label === 'Stop Now')!.callback(click);
    expect(stop).toHaveBeenCalledWith(expect.objectContaining({ name: 'x' }));
  });

  it('should take it back when it is kept or gone, and warn again the next time', () => {
    lab.clusters.set([cluster('x', idle())]);
    lab.clusters.set([cluster('x', { idle_since: 5 })]);
    expect(said()).toEqual([]);
    lab.clusters.set([cluster('x', idle())]);
    expect(said()).toHaveLength(1);
    lab.clusters.set([]);
    expect(said()).toEqual([]);
  });

  it('should say why a cluster was stopped, unless a person did it', () => {
    const stopped = {
      schema_id: CHANGE_SCHEMA,
      topic: 'clusters',
      action: 'stopped',
      gateway: 'aws-oregon',
      cluster: 'x'
    };
    events.emit({ ...stopped, message: '' });
    expect(said()).toEqual([]);
    events.emit({
      ...stopped,
      message: 'stopped, since nothing was computed there for 30 min'
    });
    expect(said()).toEqual([
      'The cluster on aws-oregon was stopped, since nothing was computed there for 30 min.'
    ]);
  });

  it('should say nothing once disposed', () => {
    warnings.dispose();
    lab.clusters.set([cluster('x', idle())]);
    expect(said()).toEqual([]);
  });
});
