import { chromium } from '@playwright/test';
const b = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const [w,h] of [[1440,900],[390,844]]) {
  const p = await b.newPage({ viewport: { width: w, height: h } });
  await p.goto('http://127.0.0.1:8123/#lab=mesi&scenario=false-sharing');
  await p.waitForFunction(() => window.lightcone && document.querySelector('#diagram'));
  await p.keyboard.press('End');
  if (w>900) await p.locator('[role=tab]:has-text("Branches"), .tabs button:has-text("Branches")').first().click();
  else await p.locator('.tabs button:has-text("Branches")').first().click().catch(()=>{});
  const sel = p.getByRole('combobox', {name:/beside/i}).first();
  console.log(await sel.count());
  await sel.selectOption({index:1}).catch(e=>console.log(String(e).slice(0,200)));
  await p.getByRole('button',{name:'own clock'}).click();
  await p.getByRole('button', { name: 'One event back, below' }).click();
  await p.waitForTimeout(300);
  await p.screenshot({path:`/tmp/x/own-${w}.png`});
}
await b.close();
