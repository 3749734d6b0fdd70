import { nullTranslator } from '@jupyterlab/translation';
import { act, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import { cluster, FakeServer, gateway } from '../../__tests__/fake-server';
import { LabClient } from '../../api/client';
import { Lab } from '../../state/lab';
import { Clusters } from '../clusters';
import { Gateways } from '../gateways';
import { PanelHeader } from '../panel-header';

const trans = nullTranslator.load('');
const user = userEvent.setup();
const STATUS = { version: '1', home: null, problems: [], catalogs: [] };

describe('sections of the panel', () => {
  let lab: Lab;
  let server: FakeServer;

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
  });

  afterEach(() => lab.dispose());

  describe('Clusters', () => {
    const onScale = jest.fn();
    const onStop = jest.fn();
    const onDashboard = jest.fn();

    beforeEach(() => {
      jest.clearAllMocks();
      render(
        <Clusters
          lab={lab}
          trans={trans}
          onScale={onScale}
          onStop={onStop}
          onDashboard={onDashboard}
        />
      );
    });

    const set = (...clusters: ReturnType<typeof cluster>[]) =>
      act(() => lab.clusters.set(clusters));

    it('should show where, how and how large a cluster is, and for what', () => {
      set(cluster('x', { started: Date.now() / 1000 - 840 }));
      const text = screen.getByRole('listitem').textContent;
      expect(text).toContain('aws:us-west-2');
      expect(text).toContain('running');
      expect(text).toContain('2 workers · 4 cores · 8.0 GiB');
      expect(text).toContain('opened for PRECT · 14 min');
    });

    it('should say that it does not know the workers', () => {
      set(cluster('x', { workers: null, cores: null, memory: null }));
      expect(screen.getByRole('listitem').textContent).toContain(
        'workers not known'
      );
    });

    it('should offer no dashboards and no workers while it starts', () => {
      set(cluster('x', { status: 'PENDING', dashboard: null }));
      const open = screen.getByRole<HTMLButtonElement>('button', {
        name: 'Dashboard'
      });
      expect(open.disabled).toBe(true);
      expect(screen.queryByText(/2 workers/)).toBeNull();
    });

    it('should say why one failed, and not offer to stop it', () => {
      set(cluster('x', { status: 'FAILED', message: 'no quota' }));
      expect(screen.getByText('no quota')).toBeTruthy();
      expect(screen.queryByRole('button', { name: /^Stop/ })).toBeNull();
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
      const most = screen.getByRole('spinbutton', { name: 'Most workers' });
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
      expect(onScale).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'x' }),
        1,
        12
      );
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
        screen.getByRole('button', { name: 'Ask azure again' })
      ).toBeTruthy();
      await user.click(screen.getByRole('button', { name: 'Sign in to gcp' }));
      expect(onSignIn).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'gcp' })
      );
      await user.click(
        screen.getByRole('button', { name: 'Start a cluster on aws' })
      );
      expect(onStart).toHaveBeenCalledTimes(1);
      expect(
        screen.queryByRole('button', { name: 'Start a cluster on gcp' })
      ).toBeNull();
    });

    it('should invite to add a gateway', () => {
      act(() => lab.gateways.set([]));
      expect(screen.getByText(/No gateways yet/)).toBeTruthy();
    });
  });

  describe('PanelHeader', () => {
    it('should show the problems of the configuration, and none if there are none', () => {
      const { container } = render(<PanelHeader lab={lab} trans={trans} />);
      expect(container.querySelector('section')).toBeNull();
      const key = 'gateways[1].region';
      act(() =>
        lab.status.set({
          ...STATUS,
          problems: [{ key, message: "'mars' is not a region." }]
        })
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
