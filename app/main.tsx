// The renderer's start: one page a window, chosen by the address's hash (`#bar` is the bar over the guest).
import { createRoot } from 'react-dom/client';
import { I18nextProvider } from 'react-i18next';
import { App } from './app';
import { Speaker } from './screens/say';
import './style/app.css';
import { makeSpeech } from './text/speech';
import { followView } from './view';

const page = location.hash === '#bar' ? 'bar' : location.hash === '#sheet' ? 'sheet' : 'main';
document.body.className = { main: 'main-page', bar: 'bar-page', sheet: 'sheet-page' }[page]; // plain 'bar' is the progress bar's class

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');
createRoot(root).render(
  <I18nextProvider i18n={makeSpeech('en')}>
    <Speaker>
      <App page={page} />
    </Speaker>
  </I18nextProvider>,
);
void followView();
