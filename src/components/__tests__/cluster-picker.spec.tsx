import { nullTranslator } from '@jupyterlab/translation';
import { act, render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import * as React from 'react';

import { answerDialog, until } from '../../__tests__/dialogs';
import { cluster, FakeServer } from '../../__tests__/fake-server';
import { pickClusters } from '../../actions/pick-clusters';
import { LabClient } from '../../api/client';
import type { Attachment } from '../../api/wire';
import { Lab } from '../../state/lab';
import { ClusterPickerButton } from '../cluster-picker';
import { ClusterStatus } from '../cluster-status';

const trans = nullTranslator.load('');

const ran: string[] = [];
jest.mock('@jupyterlab/notebook', () => ({
  NotebookActions: {
    run: async (content: { source: string }) => ran.push(content.source)
  }
}));
jest.mock('../../notebook/insert', () => ({
  insertCells: async (
    panel: { content: { source: string } },
    [{ source }]: { source: string }[]
  ) => {
    panel.content.source = source;
  }
}));

const iowa = { gateway: 'gcp-iowa', region: 'gcp:us-central1' };

function attachment(name: string, more: Partial<Attachment> = {}): Attachment {
  return {
    kernel: 'k1',
    gateway: 'aws-oregon',
    cluster: name,
    since: 0,
    ...more
  };
}

describe('the cluster picker', () => {
  let server: FakeServer;
  let lab: Lab;

  beforeEach(() => {
    server = new FakeServer();
    lab = new Lab(new LabClient(server.settings));
    lab.clusters.set([
      cluster('abcdef-1', { workers: 6 }),
      cluster('y', { ...iowa, workers: 2 }),
      cluster('z', { ...iowa, workers: null })
    ]);
  });

  afterEach(() => {
    lab.dispose();
    ran.length = 0;
  });

  const show = (kernel: string | null = 'k1') =>
    render(
      <ClusterPickerButton
        lab={lab}
        kernel={kernel}
        trans={trans}
        onPick={jest.fn()}
      />
    );
  const attach = (...attachments: Attachment[]) =>
    act(() => lab.attachments.set(attachments));

  it('should say by region what the notebook is attached to', () => {
    show();
    const button = screen.getByRole('button');
    expect(button.textContent).toBe('Clusters of this notebook: none');
    attach(
      attachment('abcdef-1'),
      attachment('y', { gateway: 'gcp-iowa' }),
      attachment('y', { gateway: 'gcp-iowa', kernel: 'another' })
    );
    expect(button.textContent).toBe(
      'Clusters of this notebook: us-west-2 · 6us-central1 · 2'
    );
    expect(button.title).toBe(
      'aws:us-west-2 on aws-oregon, running, 6 workers (1–4); ' +
        'gcp:us-central1 on gcp-iowa, running, 2 workers (1–4)'
    );
    act(() => lab.clusters.set([cluster('y', { ...iowa, workers: 3 })]));
    expect(button.textContent).toMatch(/: us-central1 · 3$/);
  });

  it('should not guess workers that cannot be told, nor show clusters that are gone', () => {
    show();
    attach(attachment('z', { gateway: 'gcp-iowa' }), attachment('gone'));
    expect(screen.getByRole('button').textContent).toMatch(
      /: us-central1 · \?$/
    );
    act(() => lab.clusters.set([cluster('z', { ...iowa, status: 'STOPPED' })]));
    expect(screen.getByRole('button').textContent).toMatch(/: none$/);
  });

  it('should show nothing of other notebooks, or without a kernel', () => {
    show(null);
    attach(attachment('abcdef-1'));
    expect(screen.getByRole('button').textContent).toMatch(/: none$/);
  });

  describe('its dialog', () => {
    const panel = {
      sessionContext: { session: { kernel: { id: 'k1' } } },
      content: { source: '' }
    } as never;
    const startBeside = jest.fn();
    const openDashboard = jest.fn();
    const user = userEvent.setup();
    let done: Promise<void>;

    beforeEach(async () => {
      jest.clearAllMocks();
      server.routes['GET clusters'] = () => lab.clusters.value;
      server.routes['GET attachments'] = () => [attachment('abcdef-1')];
      done = pickClusters(lab, panel, { startBeside, openDashboard }, trans);
      await until(() => document.querySelector('.jp-Dialog fieldset'));
    });

    // jsdom shows no <dialog>, so everything in one is hidden to it.
    const all = <T extends HTMLElement>(role: string, name?: RegExp): T[] =>
      within(document.querySelector<HTMLElement>('.jp-Dialog')!).getAllByRole(
        role,
        { name, hidden: true }
      );

    it('should list clusters by region, those of the notebook ticked', async () => {
      expect(
        all('group').map(group => group.querySelector('legend')!.textContent)
      ).toEqual(['aws:us-west-2', 'gcp:us-central1']);
      expect(all<HTMLInputElement>('checkbox').map(box => box.checked)).toEqual(
        [true, false, false]
      );
      await answerDialog('Cancel');
      await done;
      expect(ran).toEqual([]);
    });

    it('should attach and detach by one cell that is run', async () => {
      const [oregon, first] = all('checkbox');
      await user.click(oregon);
      await user.click(first);
      await answerDialog('Apply');
      await done;
      expect(ran).toEqual([
        [
          'import multicloud_lab as mcl',
          '',
          'mcl.detach("abcdef-1")  # in aws:us-west-2, where it goes on',
          'client = mcl.client(cluster="y")  # in gcp:us-central1',
          'client'
        ].join('\n')
      ]);
    });

    it('should run nothing if nothing is changed', async () => {
      const [, first] = all('checkbox');
      await user.dblClick(first);
      await answerDialog('Apply');
      await done;
      expect(ran).toEqual([]);
    });

    it('should lead to a start beside something, and to dashboards', async () => {
      await answerDialog('Start Beside…');
      await done;
      expect(startBeside).toHaveBeenCalledTimes(1);
      done = pickClusters(lab, panel, { startBeside, openDashboard }, trans);
      await until(() => document.querySelector('.jp-Dialog fieldset'));
      await user.click(all('button', /^Dashboard/)[0]);
      await done;
      expect(openDashboard).toHaveBeenCalledWith(
        expect.objectContaining({ name: 'abcdef-1' })
      );
    });
  });
});

describe('ClusterStatus', () => {
  it('should count the clusters and workers that run, and open the panel', async () => {
    const lab = new Lab(new LabClient(new FakeServer().settings));
    const onOpen = jest.fn();
    render(<ClusterStatus lab={lab} trans={trans} onOpen={onOpen} />);
    act(() =>
      lab.clusters.set([
        cluster('x', { workers: 6 }),
        cluster('y', { workers: null }),
        cluster('z', { status: 'PENDING' }),
        cluster('w', { status: 'STOPPED' })
      ])
    );
    const item = screen.getByRole('button', {
      name: '2 Dask clusters, 6 workers, 1 starting'
    });
    await userEvent.click(item);
    expect(onOpen).toHaveBeenCalledTimes(1);
    lab.dispose();
  });
});
