/** The body of the dialog that starts a cluster: its bounds, idle time and the gateway's options. */
import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { Gateway, OptionField, StartCluster } from '../api/wire';
import { Field, judge, problemOf } from './field-problem';

export namespace StartClusterForm {
  export interface IOptions {
    gateway: Gateway;
    fields: readonly OptionField[];
    /** That is filled in, in the place of the gateway's own. */
    wish?: Pick<StartCluster, 'minimum' | 'maximum' | 'idle_minutes'>;
    trans: TranslationBundle;
  }
}

/** Something that is filled in, and how to read it. */
interface IInput {
  node: Field;
  value: () => unknown;
}

export class StartClusterForm
  extends Widget
  implements Dialog.IBodyWidget<StartCluster>
{
  constructor({ gateway, fields, wish, trans }: StartClusterForm.IOptions) {
    super();
    this.addClass('jp-MulticloudStartCluster');
    this._gateway = gateway.name;
    const { minimum, maximum } = { ...gateway, ...wish };
    this._minimum = number(minimum ?? gateway.minimum, { step: '1', min: '0' });
    this._maximum = number(maximum ?? gateway.maximum, { step: '1', min: '1' });
    this._minimum.name = 'minimum';
    this._maximum.name = 'maximum';
    const compare = () =>
      judge(
        this._maximum,
        this._maximum.valueAsNumber < this._minimum.valueAsNumber
          ? trans.__('The maximum is below the minimum.')
          : ''
      );
    this._minimum.addEventListener('input', compare);
    this._maximum.addEventListener('input', compare);
    this._idle = idleInput(gateway, wish?.idle_minutes ?? null);
    const most = gateway.longest_idle_minutes;
    const bounds = document.createElement('div');
    bounds.className = 'jp-MulticloudStartCluster-bounds';
    bounds.append(
      this._labelled(trans.__('Minimum workers'), this._minimum),
      this._labelled(trans.__('Maximum workers'), this._maximum)
    );
    this.node.append(
      bounds,
      this._labelled(
        most > 0
          ? trans.__('Minutes idle until it stops (at most %1)', most)
          : trans.__('Minutes idle until it stops (0: never)'),
        this._idle
      )
    );
    for (const field of fields) {
      const input = inputOf(field, trans);
      this._options.set(field.field, input);
      this.node.append(this._labelled(field.label, input.node));
    }
  }

  getValue(): StartCluster {
    const options: Record<string, unknown> = {};
    for (const [field, { value }] of this._options) {
      options[field] = value();
    }
    return {
      gateway: this._gateway,
      minimum: this._minimum.valueAsNumber,
      maximum: this._maximum.valueAsNumber,
      idle_minutes: this._idle.valueAsNumber,
      options,
      reuse: false
    };
  }

  /** A field below its label, with why it is not taken; a box is before it. */
  private _labelled(text: string, field: Field): HTMLElement {
    const row = document.createElement('div');
    const label = document.createElement('label');
    const words = document.createElement('span');
    words.textContent = text;
    label.append(
      ...(field.type === 'checkbox' ? [field, words] : [words, field])
    );
    row.append(label, problemOf(field, this.node));
    return row;
  }

  private _gateway: string;
  private _minimum: HTMLInputElement;
  private _maximum: HTMLInputElement;
  private _idle: HTMLInputElement;
  private _options = new Map<string, IInput>();
}

/** Asks for the minutes, within what the administrator allows; 0 is never. */
function idleInput(
  { idle_minutes, longest_idle_minutes: most }: Gateway,
  wish: number | null
): HTMLInputElement {
  const minutes = wish ?? idle_minutes;
  const allowed = most > 0 ? Math.min(minutes || most, most) : minutes;
  const node = number(allowed, {
    step: 'any',
    min: most > 0 ? String(Math.min(1, most)) : '0',
    ...(most > 0 ? { max: String(most) } : {})
  });
  node.name = 'idle';
  return node;
}

function inputOf(field: OptionField, trans: TranslationBundle): IInput {
  switch (field.type) {
    case 'int':
    case 'float': {
      const node = number(field.default as number, {
        step: field.type === 'int' ? '1' : 'any',
        min: field.minimum?.toString() ?? '',
        max: field.maximum?.toString() ?? ''
      });
      return { node, value: () => node.valueAsNumber };
    }
    case 'bool': {
      const node = document.createElement('input');
      node.type = 'checkbox';
      node.checked = Boolean(field.default);
      return { node, value: () => node.checked };
    }
    case 'select': {
      const node = document.createElement('select');
      node.className = 'jp-mod-styled';
      for (const choice of field.choices ?? []) {
        const isDefault = choice === field.default;
        node.add(new Option(String(choice), undefined, isDefault, isDefault));
      }
      return { node, value: () => field.choices?.[node.selectedIndex] };
    }
    case 'mapping': {
      const node = document.createElement('textarea');
      node.className = 'jp-mod-styled';
      node.value = JSON.stringify(field.default ?? {}, null, 2);
      node.addEventListener('input', () => {
        judge(
          node,
          asMapping(node.value) ? '' : trans.__('This is not a JSON object.')
        );
      });
      return { node, value: () => asMapping(node.value) };
    }
    default: {
      const node = document.createElement('input');
      node.className = 'jp-mod-styled';
      node.value = String(field.default ?? '');
      return { node, value: () => node.value };
    }
  }
}

/** The object that a text writes in JSON; null if it does not. */
function asMapping(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}

function number(
  value: number,
  bounds: { step: string; min?: string; max?: string }
): HTMLInputElement {
  const node = document.createElement('input');
  node.className = 'jp-mod-styled';
  node.type = 'number';
  node.required = true;
  Object.assign(node, bounds);
  node.value = String(value);
  return node;
}
