/** Tells the server where home is when the person sets it: prices, and notebooks, are counted from there. */
import { IDisposable } from '@lumino/disposable';

import { ApiError } from '../api/request';
import type { Lab } from './lab';

export class Home implements IDisposable {
  /**
   * @param _onRefused - Told why the server does not take a region.
   */
  constructor(
    private _lab: Pick<Lab, 'api' | 'settings' | 'status' | 'follow'>,
    private _onRefused: (region: string, error: Error) => void
  ) {
    this._lab.settings.changed.connect(this._onSettings, this);
    this._lab.status.changed.connect(this._tell, this);
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  dispose(): void {
    this._isDisposed = true;
    this._lab.settings.changed.disconnect(this._onSettings, this);
    this._lab.status.changed.disconnect(this._tell, this);
  }

  private _onSettings(): void {
    const { homeRegion } = this._lab.settings.value;
    // Another page may have told the server something newer: only a change here is news.
    if (homeRegion !== this._last) {
      this._last = homeRegion;
      this._isDue = true;
      this._tell();
    }
  }

  /** Tell the server, once it has said what it knows. */
  private _tell(): void {
    const status = this._lab.status.value;
    if (this._isDue && status && !this._isDisposed) {
      this._isDue = false;
      const region = this._last || null;
      if (region !== status.chosen_home) {
        void this._send(region);
      }
    }
  }

  private async _send(region: string | null): Promise<void> {
    try {
      await this._lab.api.setHome({ region });
      await this._lab.follow('datasets');
    } catch (error) {
      if (error instanceof ApiError && error.code === 'server-unreachable') {
        this._isDue = true; // It is told when it answers again.
      } else if (!this._isDisposed) {
        this._onRefused(region ?? '', error as Error);
      }
    }
  }

  private _last: string | null = null;
  private _isDue = false;
  private _isDisposed = false;
}
