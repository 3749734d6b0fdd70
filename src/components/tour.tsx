/** A tour of the panel: four cards, one after the other, beside what they are about. */
import type { TranslationBundle } from '@jupyterlab/translation';
import { Button, ReactWidget } from '@jupyterlab/ui-components';
import { Widget } from '@lumino/widgets';
import * as React from 'react';

/** One card. */
export interface ITourStep {
  title: string;
  text: string;
  /** Gives what it is about; null if that is not to be seen. */
  target: () => HTMLElement | null;
}

export interface ITourCardProps {
  steps: readonly ITourStep[];
  index: number;
  trans: TranslationBundle;
  onStep: (index: number) => void;
  onEnd: () => void;
}

export function TourCard(props: ITourCardProps): JSX.Element {
  const { steps, index, trans } = props;
  const { title, text } = steps[index];
  const isLast = index === steps.length - 1;
  const next = React.useRef<HTMLButtonElement>(null);
  React.useEffect(() => next.current?.focus(), [index]);
  return (
    <div
      className="jp-MulticloudTour-card"
      role="dialog"
      aria-label={trans.__('Tour of Multi-Cloud Lab')}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          event.stopPropagation();
          props.onEnd();
        } else if (event.key === 'Tab') {
          goRound(event);
        }
      }}
    >
      <div aria-live="polite">
        <strong>{title}</strong>
        <p>{text}</p>
      </div>
      <div className="jp-MulticloudTour-buttons">
        <span>{trans.__('%1 of %2', index + 1, steps.length)}</span>
        {!isLast && (
          <Button small minimal onClick={props.onEnd}>
            {trans.__('Skip')}
          </Button>
        )}
        {index > 0 && (
          <Button small onClick={() => props.onStep(index - 1)}>
            {trans.__('Back')}
          </Button>
        )}
        <button
          ref={next}
          className="jp-mod-styled jp-mod-accept jp-mod-small"
          onClick={() => (isLast ? props.onEnd() : props.onStep(index + 1))}
        >
          {isLast ? trans.__('Done') : trans.__('Next')}
        </button>
      </div>
    </div>
  );
}

/** Tab goes round in the card: it is at the end of the page, from where nobody finds back. */
function goRound(event: React.KeyboardEvent<HTMLElement>): void {
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const step = event.shiftKey ? -1 : 1;
  const at = buttons.findIndex(button => button === document.activeElement);
  buttons[(at + step + buttons.length) % buttons.length].focus();
  event.preventDefault();
}

export namespace Tour {
  export interface IOptions {
    steps: readonly ITourStep[];
    trans: TranslationBundle;
    /** Called when it is over, or was skipped. */
    onEnd: () => void;
  }
}

/** The cards over the page; disposed when the tour is over. */
export class Tour extends ReactWidget {
  constructor(private _options: Tour.IOptions) {
    super();
    this.addClass('jp-MulticloudTour');
  }

  /** Show the first card. */
  begin(): void {
    this.node.addEventListener('focusin', ({ relatedTarget }) => {
      if (!this.node.contains(relatedTarget as Node | null)) {
        this._before = relatedTarget as HTMLElement;
      }
    });
    Widget.attach(this, document.body);
    window.addEventListener('resize', this._follow);
    this._place();
  }

  protected render(): JSX.Element {
    const { steps, trans } = this._options;
    return (
      <TourCard
        steps={steps}
        index={this._index}
        trans={trans}
        onStep={index => {
          this._index = index;
          this._place();
          this.update();
        }}
        onEnd={() => {
          this.dispose();
          this._options.onEnd();
        }}
      />
    );
  }

  override dispose(): void {
    const hadFocus = this.node.contains(document.activeElement);
    const next = this._before?.isConnected ? this._before : this._marked;
    this._mark(null);
    window.removeEventListener('resize', this._follow);
    super.dispose();
    if (hadFocus) {
      next?.focus();
    }
  }

  /** Put the card to the right of what it is about, in the window in any case. */
  private _place(): void {
    const target = this._options.steps[this._index].target();
    if (target !== this._marked) {
      this._mark(target);
    }
    target?.scrollIntoView?.({ block: 'nearest' }); // In a low window the panel scrolls.
    const box = target?.getBoundingClientRect();
    const { style } = this.node;
    style.left = `${Math.min((box?.right ?? 0) + 12, Math.max(window.innerWidth - 340, 0))}px`;
    style.top = `${Math.min(Math.max(box?.top ?? 80, 40), Math.max(window.innerHeight - 220, 0))}px`;
  }

  private _mark(target: HTMLElement | null): void {
    this._marked?.classList.remove('jp-MulticloudTour-target');
    this._resized?.disconnect();
    target?.classList.add('jp-MulticloudTour-target');
    this._marked = target;
    if (target) {
      this._resized?.observe(target);
    }
  }

  private _index = 0;
  /** What had the focus before the card took it. */
  private _before: HTMLElement | null = null;
  private _marked: HTMLElement | null = null;
  /** Stay beside what it is about, in a window of another size. */
  private _follow = () => this._place();
  /** What it is about is laid out some time after the window has changed. */
  private _resized =
    typeof ResizeObserver === 'undefined'
      ? null
      : new ResizeObserver(this._follow);
}
