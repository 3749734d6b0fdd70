import { Dialog } from '@jupyterlab/apputils';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import { until } from '../../__tests__/dialogs';
import { gateway } from '../../__tests__/fake-server';
import type { OptionField } from '../../api/wire';
import { SignInForm } from '../sign-in-form';
import { StartClusterForm } from '../start-cluster-form';

const trans = nullTranslator.load('');

function field(more: Partial<OptionField>): OptionField {
  return {
    field: 'f',
    label: 'F',
    type: 'string',
    default: null,
    minimum: null,
    maximum: null,
    choices: null,
    ...more
  };
}

/** The control that a label is for. */
function control<T extends HTMLElement>(form: Widget, label: string): T {
  for (const node of form.node.querySelectorAll('label')) {
    if (node.textContent?.startsWith(label)) {
      return node.querySelector<T>('input,select,textarea')!;
    }
  }
  throw new Error(`There is no ${label}.`);
}

function type(node: HTMLInputElement | HTMLTextAreaElement, text: string) {
  node.value = text;
  node.dispatchEvent(new Event('input', { bubbles: true }));
}

describe('SignInForm', () => {
  it('should give the password away once', () => {
    const form = new SignInForm({
      gateway: gateway('aws'),
      username: 'pangeo',
      message: '',
      trans
    });
    const password = control<HTMLInputElement>(form, 'Password');
    expect(password.type).toBe('password');
    password.value = 'secret';
    expect(form.getValue()).toEqual({
      username: 'pangeo',
      password: 'secret'
    });
    expect(password.value).toBe('');
    expect(form.node.querySelector('[role=alert]')).toBeNull();
    form.dispose();
  });

  it('should ask for a token only where a hub signs in, and say where to get one', () => {
    const form = new SignInForm({
      gateway: { ...gateway('aws'), auth: 'jupyterhub' },
      username: 'ana',
      message: 'could not verify the token',
      trans
    });
    expect(form.node.querySelectorAll('input')).toHaveLength(1);
    expect(form.node.querySelector('a')!.pathname).toBe('/hub/token');
    control<HTMLInputElement>(form, 'Token of the hub').value = 'new';
    expect(form.getValue()).toEqual({ username: 'ana', password: 'new' });
    form.dispose();
  });

  it('should say what was wrong', () => {
    const form = new SignInForm({
      gateway: gateway('aws'),
      username: '',
      message: '<b>refused</b>',
      trans
    });
    expect(form.node.querySelector('[role=alert]')!.textContent).toBe(
      '<b>refused</b>'
    );
    form.dispose();
  });
});

describe('StartClusterForm', () => {
  const open = (...fields: OptionField[]) =>
    new StartClusterForm({ gateway: gateway('aws'), fields, trans });

  it('should start nothing with bounds that do not fit, and at once when they do again', async () => {
    const body = open();
    const dialog = new Dialog({ body, buttons: [Dialog.okButton()] });
    const closed = dialog.launch();
    const button = await until(() => dialog.node.querySelector('button'));
    const minimum = control<HTMLInputElement>(body, 'Minimum');
    expect(button.disabled).toBe(false);
    type(minimum, '999');
    expect(button.disabled).toBe(true);
    type(minimum, '0');
    expect(button.disabled).toBe(false);
    dialog.reject();
    await closed;
  });

  it('should start with the defaults of the gateway', () => {
    const form = open(
      field({ field: 'cores', label: 'Cores', type: 'int', default: 2 }),
      field({ field: 'image', label: 'Image', default: 'pangeo/base' }),
      field({ field: 'spot', label: 'Spot', type: 'bool', default: true }),
      field({
        field: 'size',
        label: 'Size',
        type: 'select',
        choices: [1, 2],
        default: 2
      }),
      field({
        field: 'env',
        label: 'Environment',
        type: 'mapping',
        default: { A: '1' }
      })
    );
    expect(form.getValue()).toEqual({
      gateway: 'aws',
      minimum: 1,
      maximum: 4,
      idle_minutes: 30,
      reuse: false,
      options: {
        cores: 2,
        image: 'pangeo/base',
        spot: true,
        size: 2,
        env: { A: '1' }
      }
    });
    form.dispose();
  });

  it('should keep to the bounds and the types of the options', () => {
    const form = open(
      field({
        label: 'Memory',
        type: 'float',
        default: 2,
        minimum: 1,
        maximum: 8
      }),
      field({ field: 'env', label: 'Environment', type: 'mapping' })
    );
    const memory = control<HTMLInputElement>(form, 'Memory');
    type(memory, '9');
    expect(memory.checkValidity()).toBe(false);
    type(memory, '2.5');
    expect(memory.checkValidity()).toBe(true);
    const env = control<HTMLTextAreaElement>(form, 'Environment');
    for (const wrong of ['{', '[1]', 'null']) {
      type(env, wrong);
      expect(env.checkValidity()).toBe(false);
    }
    type(env, '{"B": "2"}');
    expect(env.checkValidity()).toBe(true);
    expect(form.getValue().options).toEqual({ f: 2.5, env: { B: '2' } });
    form.dispose();
  });

  it('should refuse a maximum below the minimum', () => {
    const form = open();
    const most = control<HTMLInputElement>(form, 'Maximum workers');
    type(control(form, 'Minimum workers'), '7');
    expect(most.validationMessage).toContain('below the minimum');
    const said = () =>
      [...form.node.querySelectorAll('[role=alert]')].map(
        ({ textContent }) => textContent
      );
    // JupyterLab only greys the button out.
    expect(said()).toEqual(['', 'The maximum is below the minimum.', '']);
    expect(most.getAttribute('aria-invalid')).toBe('true');
    type(most, '7');
    expect(most.checkValidity()).toBe(true);
    expect(said()).toEqual(['', '', '']);
    form.dispose();
  });

  it.each([
    // configured, the most, what the person has set: filled in, and its bounds
    [30, 30, null, '30', '1', '30'],
    [30, 30, 120, '30', '1', '30'],
    [30, 240, 120, '120', '1', '240'],
    [30, 240, 0, '240', '1', '240'],
    [0.5, 0.5, null, '0.5', '0.5', '0.5'],
    [30, 0, 0, '0', '0', ''],
    [0, 0, null, '0', '0', '']
  ])(
    'should ask for the idle time within what is allowed: %s, %s, %s',
    (configured, most, wish, value, min, max) => {
      const form = new StartClusterForm({
        gateway: gateway('aws', {
          idle_minutes: configured,
          longest_idle_minutes: most
        }),
        fields: [],
        wish: wish === null ? {} : { idle_minutes: wish },
        trans
      });
      const input = control<HTMLInputElement>(form, 'Minutes idle');
      expect([input.value, input.min, input.max]).toEqual([value, min, max]);
      expect(input.validity.valid).toBe(true);
      input.value = '2';
      expect(form.getValue().idle_minutes).toBe(2);
      form.dispose();
    }
  );
});
