/** A translated sentence with controls in it, each where the language has its place. */
import * as React from 'react';

export interface IFilledProps {
  /** Translated, with `%1` and so on left in it: `trans.__('after %1 minutes', '%1')`. */
  sentence: string;
  /** What is put where `%1` is, `%2` and so on. */
  controls: readonly JSX.Element[];
}

export function Filled({ sentence, controls }: IFilledProps): JSX.Element {
  return (
    <>
      {sentence.split(/%(\d)/).map((part, index) => (
        // Every other part is a number.
        <React.Fragment key={index}>
          {index % 2 === 0 ? part : controls[Number(part) - 1]}
        </React.Fragment>
      ))}
    </>
  );
}
