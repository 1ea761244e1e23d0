// The command-line program, in both builds. Cargo says where it has put them, so that a target folder
// elsewhere is no trouble; when they are up to date that takes a fraction of a second.
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export interface Cli {
  debug: string;
  release: string;
}

const ROOT = join(import.meta.dirname, '..');

function build(release: boolean): string {
  const named = process.env[release ? 'LIGHTCONE_CLI_RELEASE' : 'LIGHTCONE_CLI_DEBUG'];
  if (named) return named;
  const args = ['build', '-p', 'lightcone', '--message-format=json-render-diagnostics'];
  if (release) args.push('--release');
  const out = execFileSync(process.env.CARGO || 'cargo', args, {
    cwd: ROOT,
    maxBuffer: 1 << 28,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for (const line of out.toString().split('\n')) {
    if (!line.includes('"executable"')) continue;
    const message = JSON.parse(line) as { executable?: string | null; target?: { name: string } };
    if (message.target?.name === 'lightcone' && message.executable) return message.executable;
  }
  throw new Error('cargo built no program called lightcone');
}

/** Builds what is not named by LIGHTCONE_CLI_DEBUG and LIGHTCONE_CLI_RELEASE. */
export function buildCli(): Cli {
  return { debug: build(false), release: build(true) };
}

/** What a program wrote. A violated rule is status 1 and no failure here. */
export function run(program: string, args: string[], input?: string): string {
  const done = spawnSync(program, args, { input, maxBuffer: 1 << 28, cwd: ROOT });
  if (done.error) throw done.error;
  if (done.status !== 0 && done.status !== 1) throw new Error(`${args.join(' ')}: ${done.stderr}`);
  return done.stdout.toString();
}
