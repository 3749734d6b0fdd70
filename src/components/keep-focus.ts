/** Keeps the focus near when what has it goes away, as a button does that has done its work. */

const FOCUSABLE =
  'a[href], button, input, select, textarea, summary, jp-button, [tabindex="0"]';

/** Milliseconds in which JupyterLab's buttons say that they are disabled, after they lost the focus. */
const LATE = 250;

/**
 * Keep the focus in a part of the page.
 *
 * A browser gives it to the page as a whole when the element with it is removed or disabled, and
 * who uses the keyboard starts from the top. Here the first control of what is left around the
 * element gets it: of the same card or, when that is gone as well, of the same list. It is never
 * just the next button, which may stop another cluster. What has a `tabindex` takes the focus
 * itself when nothing in it can.
 */
export function keepFocus(part: HTMLElement): void {
  /** What has the focus, and what it is in, from the inside out. */
  let path: HTMLElement[] = [];
  part.addEventListener('focusin', event => {
    path = pathOf(event.target as HTMLElement, part);
  });
  part.addEventListener('focusout', event => {
    const target = event.target as HTMLElement;
    const leave = () => {
      const { activeElement } = document;
      if (path[0] === target && activeElement !== target && isUsable(target)) {
        path = []; // It was taken elsewhere.
      }
    };
    if (event.relatedTarget) {
      path = [];
    } else {
      setTimeout(leave, LATE);
    }
  });
  new MutationObserver(() => {
    const [lost, ...around] = path;
    const { activeElement, body } = document;
    // What is disabled has it until the page is drawn.
    const nobody = [null, body, lost].includes(activeElement as HTMLElement);
    if (!lost || !nobody || isUsable(lost)) {
      return;
    }
    path = [];
    for (const element of around) {
      const heir = element.isConnected && heirIn(element);
      if (heir) {
        heir.focus();
        return;
      }
    }
  }).observe(part, {
    attributeFilter: ['disabled'],
    childList: true,
    subtree: true
  });
}

function pathOf(element: HTMLElement, part: HTMLElement): HTMLElement[] {
  const path: HTMLElement[] = [];
  for (
    let at: HTMLElement | null = element;
    at && part.contains(at);
    at = at.parentElement
  ) {
    path.push(at);
  }
  return path;
}

function isUsable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(':disabled, [disabled]');
}

/** What takes the focus in something: its first control that is to be seen, else itself if it can. */
function heirIn(element: HTMLElement): HTMLElement | undefined {
  const controls = element.querySelectorAll<HTMLElement>(FOCUSABLE);
  return (
    [...controls].find(
      control => isUsable(control) && control.checkVisibility()
    ) ?? (element.hasAttribute('tabindex') ? element : undefined)
  );
}
