/** Ages and sizes, in words. */
import type { TranslationBundle } from '@jupyterlab/translation';

/** How long something has been, from seconds. */
export function formatAge(seconds: number, trans: TranslationBundle): string {
  if (seconds < 60) {
    return trans.__('%1 s', Math.max(Math.floor(seconds), 0));
  }
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    return trans.__('%1 min', minutes);
  }
  const hours = Math.floor(minutes / 60);
  return hours < 48
    ? trans.__('%1 h', hours)
    : trans.__('%1 days', Math.floor(hours / 24));
}

/** The time of the day, from seconds since 1970, as clocks there show it. */
export function formatClock(seconds: number): string {
  return new Date(seconds * 1000).toLocaleTimeString([], {
    hour: 'numeric',
    minute: '2-digit'
  });
}

/** Memory, from bytes, in binary units as Dask writes it. */
export function formatMemory(bytes: number): string {
  return scaled(bytes, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB']);
}

/** A size, from bytes, in decimal units as xarray writes it and clouds bill it. */
export function formatSize(bytes: number): string {
  return scaled(bytes, 1000, ['B', 'kB', 'MB', 'GB', 'TB', 'PB']);
}

function scaled(bytes: number, step: number, units: string[]): string {
  let value = bytes;
  let unit = 0;
  while (value >= step && unit < units.length - 1) {
    value /= step;
    unit += 1;
  }
  return `${value < 10 && unit > 0 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** The time of workers together, from seconds, as `2.4 worker-hours`. */
export function formatWork(seconds: number, trans: TranslationBundle): string {
  const hours = seconds / 3600;
  return hours < 0.1 && seconds > 0
    ? trans.__('%1 worker-minutes', (seconds / 60).toFixed(1))
    : trans.__('%1 worker-hours', hours.toFixed(hours < 100 ? 1 : 0));
}
