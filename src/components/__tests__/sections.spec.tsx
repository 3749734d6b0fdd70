import { nullTranslator } from '@jupyterlab/translation';
import { act, render, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import {
  cluster,
  FakeServer,
  gateway,
  labStatus
} from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Lab } from '../../state/lab';
import { ClusterCount, Clusters } from '../clusters';
import { Gateways } from '../gateways';
import { PanelHeader } from '../panel-header';

const trans = nullTranslator.load('');
const user = userEvent.setup();

describe('sections of the panel', () => {
  let lab: Lab;
  let server: FakeServer;

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
  });

  afterEach(() => lab.dispose());

  describe('Clusters', () => {
    const onChange = jest.fn(() => Promise.resolve());
    const onStop = jest.fn();
    const onDashboard = jest.fn();
    const onKeep = jest.fn();
    const onConnect = jest.fn();
    const onSignIn = jest.fn();
    const onStart = jest.fn();

    beforeEach(() => {
      jest.clearAllMocks();
      render(
        <Clusters
          lab={lab}
          trans={trans}
          onChange={onChange}
          onStop={onStop}
          onDashboard={onDashboard}
          onKeep={onKeep}
          onConnect={onConnect}
          onSignIn={onSignIn}
          onStart={onStart}
        />
      );
    });

    const set = (...clusters: ReturnType<typeof cluster>[]) =>
      act(() => lab.clusters.set(clusters));

    it('should show where, how and how large a cluster is, and for what', () => {
      set(cluster('x', { started: Date.now() / 1000 - 840 }));
      const card = screen.getByRole('listitem', {
        name: 'Cluster on aws-oregon in aws:us-west-2, running'
      });
      expect(screen.getByRole('heading').textContent).toBe('aws:us-west-2 ');
      expect(card.textContent).toContain('aws-oregon x');
      expect(card.textContent).toContain('● running2 workers');
      expect(card.textContent).toContain('4 cores · 8.0 GiB · 0 tasks');
      expect(card.textContent).toContain('opened for PRECT · 14 min');
    });

    it('should draw how many workers a cluster had, and say it in words', () => {
      jest.useFakeTimers({ now: 2_000_000_000_000 });
      set(cluster('x', { workers: 1 }));
      expect(screen.queryByRole('img')).toBeNull();
      jest.setSystemTime(2_000_000_300_000);
      set(cluster('x', { workers: 6 }));
      set(cluster('x', { workers: 3 }));
      const chart = screen.getByRole('img', {
        name: 'Workers in the last 5 min: 1 to 6, now 3'
      });
      expect(chart.querySelector('path')).toBeTruthy();
      jest.useRealTimers();
    });

    it('should offer to connect a notebook to a cluster that runs', async () => {
      set(cluster('x'), cluster('y', { status: 'PENDING' }));
      await user.click(screen.getByRole('button', { name: /^Connect/ }));
      expect(onConnect).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'x' })
      );
    });

    it('should say why there are no clusters to see, and offer what to do', async () => {
      const click = (name: string) =>
        user.click(screen.getByRole('button', { name }));
      set();
      expect(screen.getByText(/there is no gateway yet/)).toBeTruthy();
      act(() => lab.gateways.set([gateway('x', { state: 'sign-in-needed' })]));
      expect(screen.getByText(/^No gateway is signed in to/)).toBeTruthy();
      await click('Sign In…');
      expect(onSignIn).toHaveBeenCalledTimes(1);
      const silent = gateway('silent', { state: 'unreachable' });
      const note = /^Clusters on silent cannot be seen/;
      act(() =>
        lab.gateways.set([gateway('x', { state: 'sign-in-needed' }), silent])
      );
      expect(screen.getByText(note)).toBeTruthy();
      act(() => lab.gateways.set([gateway('x'), silent]));
      expect(screen.getByText(note)).toBeTruthy();
      set(cluster('y'));
      expect(screen.getByText(note)).toBeTruthy();
      set();
      act(() => lab.gateways.set([gateway('x')]));
      expect(screen.getByText(/^No clusters\. Open a dataset/)).toBeTruthy();
      await click('Start Cluster…');
      expect(onStart).toHaveBeenCalledTimes(1);
      act(() => lab.gateways.set([gateway('x', { state: 'unreachable' })]));
      expect(screen.getByText(/^No gateway answers/)).toBeTruthy();
      server.routes['POST gateways/x/retry'] = () => gateway('x');
      server.routes['GET gateways'] = () => [gateway('x')];
      server.routes['GET clusters'] = () => [cluster('back')];
      await click('Try Again');
      expect(await screen.findByText('back')).toBeTruthy();
    });

    it('should have a card for each of forty clusters, each with its own buttons', () => {
      set(
        ...Array.from({ length: 40 }, (_, index) =>
          cluster(`c${index}`, {
            gateway: `gateway-${index % 8}`,
            region: `aws:region-${index % 8}`
          })
        )
      );
      expect(screen.getAllByRole('heading')).toHaveLength(8);
      expect(screen.getAllByRole('listitem')).toHaveLength(40);
      expect(screen.getAllByRole('button', { name: /^Stop/ })).toHaveLength(40);
      expect(screen.getByText('c39')).toBeTruthy();
    });

    it('should put the clusters of each region together', () => {
      set(
        cluster('x'),
        cluster('y', { gateway: 'gcp-iowa', region: 'gcp:us-central1' }),
        cluster('z', { gateway: 'aws-other' })
      );
      expect(
        screen.getAllByRole('heading').map(({ textContent }) => textContent)
      ).toEqual(['aws:us-west-2 4 workers', 'gcp:us-central1 ']);
      const names = screen
        .getAllByRole('list')
        .map(list => [list.getAttribute('aria-label'), list.children.length]);
      expect(names).toEqual([
        ['Clusters in aws:us-west-2', 2],
        ['Clusters in gcp:us-central1', 1]
      ]);
    });

    it('should say what a cluster has cost, and who started it elsewhere', () => {
      const started = Date.now() / 1000 - 7200;
      set(
        cluster('x', { started, worker_seconds: 8640 }),
        cluster('y', { started, dataset: null, ours: false, owner: 'ann' }),
        cluster('z', { started, dataset: null, worker_seconds: 90 })
      );
      const texts = screen.getAllByRole('listitem').map(c => c.textContent);
      expect(texts[0]).toContain('opened for PRECT · 2 h · 2.4 worker-hours');
      expect(texts[1]).toContain('started elsewhere by ann · 2 h');
      expect(texts[2]).toContain('started by hand · 2 h · 1.5 worker-minutes');
    });

    it('should warn before it is stopped for being idle, and offer to keep it', async () => {
      const now = Date.now() / 1000;
      const idle_since = now - 16 * 60 - 5;
      set(cluster('x', { idle_since: now - 185 }));
      expect(
        screen.getByText('Idle for 3 min: stops after 30 min')
      ).toBeTruthy();
      expect(screen.queryByRole('button', { name: /^Keep/ })).toBeNull();
      set(cluster('x', { idle_since, stops_at: now + 14 * 60 + 5 }));
      expect(screen.getByText('Idle for 16 min: stops in 14 min')).toBeTruthy();
      await user.click(
        screen.getByRole('button', { name: 'Keep the cluster on aws-oregon' })
      );
      expect(onKeep).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'x' })
      );
    });

    it('should say that the gateway capped it', () => {
      set(cluster('x', { message: 'Capped at 4 by the gateway.' }));
      expect(screen.getByText('Capped at 4 by the gateway.')).toBeTruthy();
    });

    it('should count the seconds of a start without a question, and let it be cancelled', async () => {
      jest.useFakeTimers({ now: 2_000_000_000_000 });
      try {
        set(cluster('x', { status: 'PENDING', started: 2_000_000_000 - 12 }));
        const text = () => screen.getByRole('listitem').textContent;
        expect(text()).toContain('starting… 12 s');
        expect(text()).toContain(
          'Waiting for aws-oregon to start its scheduler.'
        );
        act(() => void jest.advanceTimersByTime(3000));
        expect(text()).toContain('starting… 15 s');
      } finally {
        jest.useRealTimers();
      }
      expect(server.calls).toEqual([]);
      await user.click(
        screen.getByRole('button', {
          name: 'Cancel the start of the cluster on aws-oregon'
        })
      );
      expect(onStop).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'x' })
      );
    });

    it('should say which workers are waited for', () => {
      set(cluster('x', { workers: 0, minimum: 2 }));
      expect(
        screen.getByText('Waiting for workers: 0 of 2 are there.')
      ).toBeTruthy();
    });

    it('should say that it does not know the workers', () => {
      set(cluster('x', { workers: null, cores: null, memory: null }));
      expect(screen.getByRole('listitem').textContent).toContain(
        'workers not known'
      );
    });

    it('should offer no dashboards and no workers while it starts', () => {
      set(cluster('x', { status: 'PENDING', dashboard: null }));
      expect(screen.queryByRole('button', { name: 'Dashboard' })).toBeNull();
      expect(screen.queryByText(/2 workers/)).toBeNull();
    });

    it('should say why one failed, and take it off the list, not stop it', async () => {
      set(cluster('x', { status: 'FAILED', message: 'no quota' }));
      expect(screen.getByText('no quota')).toBeTruthy();
      expect(screen.queryByRole('button', { name: /^Stop/ })).toBeNull();
      await user.click(
        screen.getByRole('button', {
          name: 'Dismiss the failed cluster on aws-oregon'
        })
      );
      expect(onStop).toHaveBeenCalledTimes(1);
    });

    it('should hand over which one to stop and to look at', async () => {
      set(cluster('x'), cluster('y', { gateway: 'gcp-iowa' }));
      await user.click(
        screen.getByRole('button', { name: 'Stop the cluster on gcp-iowa' })
      );
      expect(onStop).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'y' })
      );
      await user.click(screen.getAllByRole('button', { name: 'Dashboard' })[0]);
      expect(onDashboard).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'x' })
      );
    });

    it('should take new bounds, and refuse a maximum below the minimum', async () => {
      set(cluster('x'));
      const most = screen.getByRole('spinbutton', { name: 'Maximum workers' });
      expect(screen.queryByRole('button', { name: 'Apply' })).toBeNull();
      await user.clear(most);
      await user.type(most, '0');
      const apply = screen.getByRole<HTMLButtonElement>('button', {
        name: 'Apply'
      });
      expect(apply.disabled).toBe(true);
      expect(screen.getByRole('alert')).toBeTruthy();
      await user.clear(most);
      await user.type(most, '12{Enter}');
      // What is as it was is not said again.
      expect(onChange).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'x' }),
        { maximum: 12 }
      );
    });

    it('should take another idle time, up to what the administrator allows', async () => {
      act(() => lab.gateways.set([gateway('aws-oregon')]));
      set(cluster('x'));
      const idle = screen.getByRole('spinbutton', {
        name: 'Minutes idle until it stops'
      });
      expect(idle).toHaveProperty('value', '30');
      for (const [text, problem] of [
        ['45', 'after 30 minutes at most'],
        ['0', 'after 30 minutes at most'],
        ['', 'a number of minutes']
      ]) {
        await user.clear(idle);
        await user.type(idle, `${text}{Enter}`);
        expect(screen.getByRole('alert').textContent).toContain(problem);
      }
      expect(onChange).not.toHaveBeenCalled();
      await user.type(idle, '{Escape}');
      expect(idle).toHaveProperty('value', '30');
      expect(screen.queryByRole('alert')).toBeNull();
      await user.clear(idle);
      await user.type(idle, '12.5{Enter}');
      expect(onChange).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'x' }),
        { idle_minutes: 12.5 }
      );
      await waitFor(() =>
        expect(screen.queryByRole('button', { name: 'Apply' })).toBeNull()
      );
    });

    it('should show what was typed until the server has said what holds', async () => {
      let settle = () => {};
      onChange.mockImplementationOnce(
        () => new Promise<void>(resolve => (settle = resolve))
      );
      set(cluster('x'));
      const most = screen.getByRole('spinbutton', { name: 'Maximum workers' });
      await user.clear(most);
      // jsdom has nothing to scroll.
      const scrolled = jest.fn();
      most.closest('form')!.scrollIntoView = scrolled;
      await user.type(most, '12{Enter}{Enter}');
      expect(scrolled).toHaveBeenCalledWith({ block: 'nearest' });
      expect(onChange).toHaveBeenCalledTimes(1);
      expect(most).toHaveProperty('value', '12');
      set(cluster('x', { maximum: 10 }));
      await act(async () => settle());
      expect(most).toHaveProperty('value', '10');
    });

    it('should let it be idle for ever where that is allowed, and ask nothing of what it does not stop', async () => {
      act(() =>
        lab.gateways.set([gateway('aws-oregon', { longest_idle_minutes: 0 })])
      );
      set(cluster('x'));
      const idle = () => screen.queryByRole('spinbutton', { name: /^Minutes/ });
      await user.clear(idle()!);
      await user.type(idle()!, '0{Enter}');
      expect(onChange).toHaveBeenCalledWith(expect.anything(), {
        idle_minutes: 0
      });
      set(cluster('x', { idle_minutes: 0 }));
      expect(screen.getByText(/min idle: never/)).toBeTruthy();
      set(cluster('x', { ours: false, idle_minutes: null }));
      expect(idle()).toBeNull();
    });
  });

  describe('Gateways', () => {
    const onSignIn = jest.fn();
    const onSignOut = jest.fn();
    const onStart = jest.fn();

    beforeEach(() => {
      render(
        <Gateways
          lab={lab}
          trans={trans}
          onSignIn={onSignIn}
          onSignOut={onSignOut}
          onStart={onStart}
        />
      );
    });

    it('should offer to each what its state allows', async () => {
      act(() =>
        lab.gateways.set([
          gateway('aws'),
          gateway('gcp', { state: 'sign-in-needed' }),
          gateway('azure', {
            state: 'unreachable',
            message: 'azure does not answer.',
            since: Date.now() / 1000 - 180
          })
        ])
      );
      const states = screen
        .getAllByRole('listitem')
        .map(item => item.getAttribute('aria-label'));
      expect(states).toEqual([
        'Gateway aws in aws:us-west-2, signed in as pangeo',
        'Gateway gcp in aws:us-west-2, sign-in needed',
        'Gateway azure in aws:us-west-2, no answer for 3 min'
      ]);
      expect(screen.getByText('azure does not answer.')).toBeTruthy();
      expect(
        screen.getByRole('button', { name: 'Try again to reach azure' })
      ).toBeTruthy();
      await user.click(screen.getByRole('button', { name: 'Sign in to gcp' }));
      expect(onSignIn).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'gcp' })
      );
      await user.click(
        screen.getByRole('button', { name: 'Start cluster on aws' })
      );
      expect(onStart).toHaveBeenCalledTimes(1);
      expect(
        screen.queryByRole('button', { name: 'Start cluster on gcp' })
      ).toBeNull();
    });

    it('should say when it is tried next, and try at once if asked to', async () => {
      jest.useFakeTimers({ now: 2_000_000_000_000 });
      try {
        act(() =>
          lab.gateways.set([
            gateway('azure', {
              state: 'unreachable',
              message: 'azure does not answer.',
              since: 2_000_000_000 - 180,
              retry_at: 2_000_000_000 + 20
            })
          ])
        );
        const text = () => screen.getByRole('listitem').textContent;
        expect(text()).toContain('no answer for 3 min, next try in 20 s');
        act(() => void jest.advanceTimersByTime(5000));
        expect(text()).toContain('next try in 15 s');
        act(() => void jest.advanceTimersByTime(20_000));
        expect(text()).not.toContain('next try');
        expect(server.calls).toEqual([]);
      } finally {
        jest.useRealTimers();
      }
      await user.click(
        screen.getByRole('button', { name: 'Try again to reach azure' })
      );
      expect(server.asked('POST gateways/azure/retry')).toHaveLength(1);
      await waitFor(() => expect(server.asked('GET gateways')).toHaveLength(1));
    });

    it('should ask to sign in again with the cause, when a sign-in has expired', async () => {
      const message =
        'gcp refused the sign-in, although it was good before; sign in again: sign in with its user name and password.';
      act(() =>
        lab.gateways.set([
          gateway('gcp', { state: 'sign-in-needed', message }),
          gateway('aws', {
            state: 'sign-in-needed',
            message: 'aws wants a sign-in: sign in with its user name.'
          })
        ])
      );
      expect(screen.getByText(message)).toBeTruthy();
      expect(screen.queryByText(/aws wants a sign-in/)).toBeNull();
      const words = screen
        .getAllByRole('listitem')
        .map(item => item.getAttribute('aria-label'));
      expect(words).toEqual([
        'Gateway gcp in aws:us-west-2, sign in again',
        'Gateway aws in aws:us-west-2, sign-in needed'
      ]);
      await user.click(screen.getByText('Sign In Again'));
      expect(onSignIn).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'gcp' })
      );
    });

    it('should list forty gateways, those first that are configured first', () => {
      const names = Array.from({ length: 40 }, (_, index) => `g${index}`);
      act(() =>
        lab.gateways.set(
          names.map((name, index) =>
            gateway(name, {
              state: index % 2 ? 'signed-in' : 'sign-in-needed'
            })
          )
        )
      );
      const listed = screen
        .getAllByRole('listitem')
        .map(item => item.querySelector('strong')!.textContent);
      expect(listed).toEqual(names);
      expect(
        screen.getAllByRole('button', { name: /^Sign in to/ })
      ).toHaveLength(20);
    });

    it('should say why a gateway refuses, as text, and offer the way back in', () => {
      const message =
        'hub refuses ana: <b>her token</b> has no scope access:services!service=dask-gateway.';
      act(() =>
        lab.gateways.set([
          gateway('hub', {
            state: 'sign-in-needed',
            auth: 'jupyterhub',
            message
          })
        ])
      );
      expect(screen.getByText(message)).toBeTruthy();
      expect(
        screen.getByRole('button', { name: 'Sign in to hub' })
      ).toBeTruthy();
    });

    it('should invite to add a gateway', () => {
      act(() => lab.gateways.set([]));
      expect(screen.getByText(/No gateways yet/)).toBeTruthy();
    });
  });

  describe('ClusterCount', () => {
    it('should say how many run and start', () => {
      const { container } = render(<ClusterCount lab={lab} trans={trans} />);
      expect(container.textContent).toBe('');
      act(() =>
        lab.clusters.set([
          cluster('x'),
          cluster('y'),
          cluster('z', { status: 'PENDING' }),
          cluster('f', { status: 'FAILED' })
        ])
      );
      expect(container.textContent).toBe('2 running');
      act(() => lab.clusters.set([cluster('z', { status: 'PENDING' })]));
      expect(container.textContent).toBe('1 starting');
    });
  });

  describe('PanelHeader', () => {
    it('should show the problems of the configuration, and none if there are none', () => {
      const { container } = render(<PanelHeader lab={lab} trans={trans} />);
      expect(container.querySelector('section')).toBeNull();
      const key = 'gateways[1].region';
      act(() =>
        lab.status.set(
          labStatus({
            problems: [{ key, message: "'mars' is not a region." }]
          })
        )
      );
      expect(screen.getByRole('listitem').textContent).toBe(
        `${key} 'mars' is not a region.`
      );
    });

    it('should say aloud how the clusters are', () => {
      render(<PanelHeader lab={lab} trans={trans} />);
      act(() =>
        lab.clusters.set([cluster('x'), cluster('y', { status: 'PENDING' })])
      );
      expect(screen.getByRole('status').textContent).toBe(
        'Clusters: 1 running, 1 starting, 0 failed.'
      );
    });
  });
});
