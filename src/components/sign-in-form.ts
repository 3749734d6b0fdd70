/** The body of the sign-in dialog: a user name and a password, or a token; it leaves the page when read. */
import type { Dialog } from '@jupyterlab/apputils';
import { PageConfig, URLExt } from '@jupyterlab/coreutils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';

import type { Gateway, SignIn } from '../api/wire';

export namespace SignInForm {
  export interface IOptions {
    gateway: Gateway;
    username: string;
    /** What was wrong the last time; empty the first time. */
    message: string;
    trans: TranslationBundle;
  }
}

export class SignInForm extends Widget implements Dialog.IBodyWidget<SignIn> {
  constructor({ gateway, username, message, trans }: SignInForm.IOptions) {
    super();
    this.addClass('jp-MulticloudSignIn');
    const where = document.createElement('p');
    where.textContent = trans.__(
      'The gateway in %1, at %2.',
      gateway.region,
      gateway.address
    );
    this.node.append(where);
    if (message) {
      const wrong = document.createElement('p');
      wrong.className = 'jp-MulticloudSignIn-message';
      wrong.setAttribute('role', 'alert');
      wrong.textContent = message;
      this.node.append(wrong);
    }
    this._username = field(trans.__('User name'), 'username', 'text');
    this._username.value = username;
    if (gateway.auth === 'jupyterhub') {
      this._password = field(
        trans.__('Token of the hub'),
        'password',
        'password'
      );
      this._password.autocomplete = 'off';
      this.node.append(tokenPage(trans), this._password.parentElement!);
      return;
    }
    this._password = field(trans.__('Password'), 'password', 'password');
    for (const input of [this._username, this._password]) {
      this.node.append(input.parentElement!);
    }
  }

  getValue(): SignIn {
    const value = {
      username: this._username.value,
      password: this._password.value
    };
    this._password.value = '';
    return value;
  }

  private _username: HTMLInputElement;
  private _password: HTMLInputElement;
}

/** Where a hub makes tokens for those who are logged in to it. */
function tokenPage(trans: TranslationBundle): HTMLElement {
  const link = document.createElement('a');
  link.href = URLExt.join(
    PageConfig.getOption('hubHost'),
    PageConfig.getOption('hubPrefix') || '/hub/',
    'token'
  );
  link.target = '_blank';
  link.rel = 'noopener';
  link.textContent = trans.__("Make a token on the hub's Token page");
  const line = document.createElement('p');
  line.append(link);
  return line;
}

function field(text: string, name: string, type: string): HTMLInputElement {
  const label = document.createElement('label');
  label.textContent = text;
  const input = document.createElement('input');
  input.className = 'jp-mod-styled';
  input.name = name;
  input.type = type;
  input.autocomplete = type === 'password' ? 'current-password' : 'username';
  label.append(input);
  return input;
}
