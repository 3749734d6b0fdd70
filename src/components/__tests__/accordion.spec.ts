import { MessageLoop } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';

import { Sections } from '../sections';

describe('Sections', () => {
  let sections: Sections;
  let height: number;

  beforeEach(() => {
    sections = new Sections();
    height = 0;
    // jsdom lays nothing out.
    Object.defineProperty(sections.node, 'offsetHeight', {
      get: () => height
    });
    sections.addWidget(new Widget());
    sections.addWidget(new Widget());
    Widget.attach(sections, document.body);
    sections.setRelativeSizes([3, 1]);
    MessageLoop.sendMessage(sections, Widget.Msg.UpdateRequest);
  });

  afterEach(() => sections.dispose());

  const resize = () => {
    MessageLoop.sendMessage(sections, Widget.ResizeMessage.UnknownSize);
    MessageLoop.flush();
  };

  it('should give them their heights when there is room at last', () => {
    resize();
    height = 400;
    resize();
    expect(sections.relativeSizes()).toEqual([0.75, 0.25]);
  });

  it('should leave them as somebody has set them since', () => {
    height = 400;
    resize();
    sections.setRelativeSizes([1, 1]);
    resize();
    expect(sections.relativeSizes()).toEqual([0.5, 0.5]);
  });
});
