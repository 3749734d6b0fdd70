/** Takes the pictures of docs/images: `make screenshots`. */
import path from 'path';

import config from './playwright.config';

export default { ...config, testDir: path.join(__dirname, 'screenshots') };
