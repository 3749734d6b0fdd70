import { keepFocus } from '../keep-focus';

describe('keepFocus', () => {
  let part: HTMLElement;
  const at = (id: string) => document.getElementById(id) as HTMLButtonElement;
  const settled = () => new Promise(resolve => setTimeout(resolve));
  const focused = () => document.activeElement?.id;

  beforeAll(() => {
    // jsdom lays nothing out.
    HTMLElement.prototype.checkVisibility = function () {
      return !this.hidden;
    };
  });

  beforeEach(() => {
    part = document.createElement('div');
    part.innerHTML = `
      <button id="elsewhere"></button>
      <section id="section" tabindex="-1">
        <ul>
          <li id="one"><button id="first" hidden></button><input id="bound">
            <button id="stop"></button></li>
          <li id="two"><button id="other"></button><button id="stop-other"></button></li>
        </ul>
      </section>`;
    document.body.append(part);
    keepFocus(part);
  });

  afterEach(() => part.remove());

  it('should give it to the first control that is left in the same card', async () => {
    at('stop').focus();
    at('stop').remove();
    await settled();
    expect(focused()).toBe('bound');
  });

  it('should do so as well when what has it is disabled', async () => {
    at('stop').focus();
    at('stop').disabled = true;
    await settled();
    expect(focused()).toBe('bound');
  });

  it('should go to the list when the card is gone, and never just to the next button', async () => {
    at('stop').focus();
    at('one').remove();
    await settled();
    expect(focused()).toBe('other');
  });

  it('should go to the section when nothing is left in it', async () => {
    at('stop-other').focus();
    at('section').textContent = '';
    await settled();
    expect(focused()).toBe('section');
  });

  it('should leave it where it was taken', async () => {
    at('stop').focus();
    at('elsewhere').focus();
    at('stop').remove();
    await settled();
    expect(focused()).toBe('elsewhere');
    at('other').focus();
    jest.useFakeTimers();
    at('other').blur();
    jest.runAllTimers();
    jest.useRealTimers();
    at('other').remove();
    await settled();
    expect(document.activeElement).toBe(document.body);
  });
});
