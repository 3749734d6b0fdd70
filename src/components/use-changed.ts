/** Renders a component again when a model changes, or as time goes by. */
import { ISignal } from '@lumino/signaling';
import { useEffect, useReducer } from 'react';

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

/** The time in seconds since 1970; the component is rendered again every so many seconds. */
export function useNow(everySeconds: number): number {
  const [, render] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(render, everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds]);
  return Date.now() / 1000;
}
