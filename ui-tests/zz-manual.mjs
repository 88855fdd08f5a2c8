import { chromium } from '@playwright/test';
import { readFileSync } from 'node:fs';
const url = /http:\S+/.exec(readFileSync('/tmp/start.log', 'utf8'))[0];
const b = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync'
  ]
});
const page = await b.newPage({ viewport: { width: 1280, height: 800 } });
page.on('console', m => {
  if (['error', 'warning'].includes(m.type()))
    console.log('[' + m.type() + ']', m.text().slice(0, 300));
});
page.on('pageerror', e => console.log('PAGEERROR', e.stack?.slice(0, 600)));
await page.goto(url);
await page.waitForSelector('.jp-Notebook', { timeout: 60000 });
await page.waitForTimeout(6000);
await page.screenshot({ path: '/tmp/lead/1.png' });
await page.keyboard.press('Escape');
const tab = page.getByRole('tab', { name: 'Runtimes' });
console.log('tabs', await tab.count());
await tab.first().click();
await page.waitForTimeout(1500);
await page.screenshot({ path: '/tmp/lead/2.png' });
await page
  .locator('.jp-NotebookPanel-toolbar')
  .getByRole('button', { name: /Python|kernel|Local/i })
  .first()
  .click()
  .catch(e => console.log(String(e).slice(0, 500)));
await page.waitForTimeout(1500);
await page.screenshot({ path: '/tmp/lead/3.png' });
await b.close();
