/** What the details of one dataset are made of: asked for when they are opened, and only then. */
import { IDisposable } from '@lumino/disposable';

import type { LabClient } from '../api/client';
import type {
  Analysis,
  Cells,
  CellsRequest,
  Dataset,
  Placement,
  Quote,
  Structure
} from '../api/wire';
import { Question } from './question';

/** Bytes of a GB, as prices count it. */
const GB = 1e9;

export class DatasetView implements IDisposable {
  /**
   * @param id - Of the dataset.
   * @param style - Says how its code is written.
   * @param home - Says where it is read from; null: outside every cloud.
   */
  constructor(
    readonly id: string,
    api: Pick<
      LabClient,
      'dataset' | 'placements' | 'structure' | 'price' | 'analyses' | 'cells'
    >,
    style: () => CellsRequest['style'] = () => 'lab',
    home: () => string | null = () => null
  ) {
    this.analyses = new Question(() => api.analyses([id]));
    this.cells = new Question(() =>
      api.cells({ datasets: [id], analysis: 'open', style: style() })
    );
    this.dataset = new Question(() => api.dataset(id));
    this.placements = new Question(() => api.placements(id));
    this.structure = new Question(signal => api.structure(id, signal));
    this.leaving = new Question(() =>
      api.price({
        source: id,
        destination: home() ?? '',
        bytes: this.structure.answer?.stored_bytes ?? GB,
        requester_pays: this.dataset.answer?.requester_pays ?? false
      })
    );
  }

  readonly dataset: Question<Dataset>;
  /** The gateways, the nearest first. */
  readonly placements: Question<Placement[]>;
  readonly structure: Question<Structure>;
  readonly analyses: Question<Analysis[]>;
  /** The cells that open it. */
  readonly cells: Question<Cells>;
  /** What it costs to move all of it, or a GB while its size is not known, to home. */
  readonly leaving: Question<Quote>;

  get isDisposed(): boolean {
    return this.dataset.isDisposed;
  }

  /** Ask for all of it, but for the structure only if it is not known; never rejects. */
  ask(): Promise<void> {
    this._running ??= this._ask().finally(() => {
      this._running = null;
    });
    return this._running;
  }

  dispose(): void {
    this.dataset.dispose();
    this.placements.dispose();
    this.structure.dispose();
    this.leaving.dispose();
    this.analyses.dispose();
    this.cells.dispose();
  }

  private async _ask(): Promise<void> {
    const size = this.structure.answer?.stored_bytes;
    await Promise.all([this.dataset.ask(), this.placements.ask()]);
    const known = this.dataset.answer;
    if (!known || known.problem) {
      return;
    }
    await Promise.all([
      known.region && this.leaving.ask(),
      this.analyses.ask(),
      this.cells.ask(),
      this.structure.answer || this.structure.ask()
    ]);
    if (known.region && this.structure.answer?.stored_bytes !== size) {
      await this.leaving.ask();
    }
  }

  private _running: Promise<void> | null = null;
}
