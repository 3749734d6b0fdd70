/** Renders a component again when a model changes, or as time goes by. */
import { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useState } from 'react';

/** Render again at every change of these models. */
export function useChanged(
  ...models: { readonly changed: ISignal<unknown, void> }[]
): void {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const slot = () => render();
    for (const model of models) {
      model.changed.connect(slot);
    }
    return () => {
      for (const model of models) {
        model.changed.disconnect(slot);
      }
    };
  }, models);
}

/** The time in seconds since 1970, again and again. */
export function useNow(everySeconds: number): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    const timer = setInterval(
      () => setNow(Date.now() / 1000),
      everySeconds * 1000
    );
    return () => clearInterval(timer);
  }, [everySeconds]);
  return now;
}
