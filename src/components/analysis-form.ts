/** The body of the dialog that asks what an analysis needs to know. */
import type { Dialog } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { AnalysisForm as Form, AnalysisParameter } from '../api/wire';
import { problemOf } from './field-problem';

/** A value for each parameter, by its name. */
export type Answers = Record<string, string | number | null>;

export namespace AnalysisForm {
  export interface IOptions {
    form: Form;
    /** What was filled in before; the defaults the first time. */
    answers: Answers | null;
    /** What was wrong the last time; empty the first time. */
    message: string;
    trans: TranslationBundle;
  }
}

type Field = HTMLInputElement | HTMLSelectElement;

export class AnalysisForm
  extends Widget
  implements Dialog.IBodyWidget<Answers>
{
  constructor({ form, answers, message, trans }: AnalysisForm.IOptions) {
    super();
    this.addClass('jp-MulticloudForm');
    const about = document.createElement('p');
    about.textContent = form.description;
    this.node.append(about);
    if (form.problem) {
      const problem = document.createElement('p');
      problem.className = 'jp-MulticloudForm-problem';
      problem.textContent = trans.__(
        'What it holds is not known, so nothing can be chosen from: %1',
        form.problem
      );
      this.node.append(problem);
    }
    if (message) {
      const wrong = document.createElement('p');
      wrong.className = 'jp-MulticloudForm-message';
      wrong.setAttribute('role', 'alert');
      wrong.textContent = message;
      this.node.append(wrong);
    }
    for (const parameter of form.parameters) {
      const field = fieldOf(
        parameter,
        answers ? answers[parameter.name] : parameter.default
      );
      this._fields.set(parameter, field);
      const row = labelled(parameter, field, trans);
      row.append(problemOf(field, this.node));
      this.node.append(row);
    }
  }

  getValue(): Answers {
    const answers: Answers = {};
    for (const [{ name, type }, field] of this._fields) {
      const text = field.value.trim();
      const isNumber = type === 'int' || type === 'float';
      answers[name] = text === '' ? null : isNumber ? Number(text) : text;
    }
    return answers;
  }

  private _fields = new Map<AnalysisParameter, Field>();
}

function fieldOf(
  parameter: AnalysisParameter,
  value: string | number | null | undefined
): Field {
  const { name, type, required } = parameter;
  const text = value === null || value === undefined ? '' : String(value);
  if (type === 'choice') {
    const select = document.createElement('select');
    select.className = 'jp-mod-styled';
    select.name = name;
    for (const choice of parameter.choices) {
      const chosen = choice.value === text;
      select.add(new Option(choice.title, choice.value, chosen, chosen));
    }
    // A long name is cut off where it is shown as chosen.
    const tell = () => (select.title = select.selectedOptions[0]?.text ?? '');
    select.addEventListener('change', tell);
    tell();
    return select;
  }
  const input = document.createElement('input');
  input.className = 'jp-mod-styled';
  input.name = name;
  input.required = required;
  if (type === 'int' || type === 'float') {
    input.type = 'number';
    input.step = type === 'int' ? '1' : 'any';
    input.min = parameter.minimum?.toString() ?? '';
    input.max = parameter.maximum?.toString() ?? '';
  } else {
    input.type = 'text';
    input.spellcheck = false;
  }
  if (type === 'date') {
    // No date picker: calendars of models have days that it does not know.
    input.pattern = '\\d{4}(-\\d\\d(-\\d\\d(T\\d\\d(:\\d\\d(:\\d\\d)?)?)?)?)?';
    input.placeholder = '1990-01-31';
  }
  input.value = text;
  return input;
}

function labelled(
  { label, help, name, required }: AnalysisParameter,
  field: Field,
  trans: TranslationBundle
): HTMLElement {
  const row = document.createElement('div');
  const title = document.createElement('label');
  field.id = `jp-multicloud-form-${name}`;
  title.htmlFor = field.id;
  title.textContent = required ? label : trans.__('%1 (optional)', label);
  row.append(title, field);
  if (help) {
    const note = document.createElement('small');
    note.id = `${field.id}-help`;
    note.textContent = help;
    field.setAttribute('aria-describedby', note.id);
    row.append(note);
  }
  return row;
}
