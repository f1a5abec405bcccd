import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { until } from '../../src/demo/hub-client.ts'
import type { DemoWorld } from '../../src/demo/world-file.ts'
import { isAlive } from '../../src/persistence/start-lock.ts'
import { type ChildHub, runChild } from './child-hub.ts'
import { dice } from './dice.ts'

const dataDir = mkdtempSync(join(tmpdir(), 'stayward-hub-test-'))
chmodSync(dataDir, 0o711) // the server may have to run as another account
let last: ChildHub | undefined
const start = (env: Readonly<Record<string, string>> = {}) =>
  (last = runChild('main.ts', { STAYWARD_DATA_DIR: dataDir, STAYWARD_PORT: '0', ...env }))
afterEach(async () => {
  await last?.end('SIGKILL')
})
afterAll(async () => {
  const pid = postgresPid()
  if (pid !== undefined && isAlive(pid)) process.kill(pid, 'SIGQUIT')
  await until('PostgreSQL is gone', async () => (pid === undefined || !isAlive(pid) ? true : undefined))
  rmSync(dataDir, { recursive: true, force: true })
})

function postgresPid(): number | undefined {
  const path = join(dataDir, 'postgres', 'data', 'postmaster.pid')
  return existsSync(path) ? Number(readFileSync(path, 'utf8').split('\n')[0]) : undefined
}

/** Where the demo stands, as its own file says. */
function world(): DemoWorld | undefined {
  const path = join(dataDir, 'demo', 'world.json')
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as DemoWorld) : undefined // the demo's own file
}

const keyLine = /API key of the demo tenant/
const ourMark = /\bsw[0-9A-HJKMNP-TV-Z]{12}\b/i

describe('kill -9 in the middle of the story', () => {
  it('costs nothing but time, whenever it comes', async () => {
    const random = dice(20_261_121) // a moment that was bad once stays tested
    const said: string[] = []
    let kills = 0
    // While the program loads, while the cluster is made, while the schema is, while the house is furnished.
    for (const wait of [300, 1500, 2500]) {
      const hub = start()
      await Promise.race([sleep(wait), hub.ended])
      expect(await hub.end('SIGKILL')).toBe('SIGKILL')
      said.push(hub.out())
      kills += 1
    }
    // While it plays.
    const pids = new Set<number | undefined>()
    while (kills < 9) {
      const hub = start()
      await hub.listening()
      pids.add(postgresPid())
      await Promise.race([sleep(random() * 2500), hub.ended])
      expect(await hub.end('SIGKILL'), hub.complaints()).toBe('SIGKILL')
      said.push(hub.out())
      kills += 1
    }
    const hub = start()
    // The last kill may have come when the story was just over: then this start only says what can be tried.
    const isOver = () => world()?.story.done.includes('cancelled') === true && /try\.env/.test(hub.out())
    await until('the story is over', async () => (isOver() ? true : undefined), 90_000)
    pids.add(postgresPid())
    expect(await hub.end('SIGINT')).toBe(0)
    said.push(hub.out())

    expect(pids.size).toBe(1) // found again each time
    expect(said.some((text) => keyLine.test(text))).toBe(true)
    const { story, smsFactor, smoobu, theKeys } = world() ?? {}
    expect(story?.done).toEqual(['book', 'booked', 'extend', 'extended', 'move', 'moved', 'cancel', 'cancelled'])
    const texts = smsFactor?.messages.filter(({ to }) => to === '33639980001').map(({ text }) => text) ?? []
    const letters = smoobu?.messages.filter(({ reservationId }) => String(reservationId) === story?.booking) ?? []
    expect([texts.length, letters.length]).toEqual([4, 4])
    const pin = new RegExp(`\\b(?:12)?${story?.pin ?? 'none'}\\b`)
    expect(texts.map((text) => pin.test(text))).toEqual([true, true, true, false])
    // No code of ours is left, in the cloud or on a lock, and what was there before still is.
    expect(theKeys?.shares.map(({ id }) => id)).toEqual([88001, 88002, 88003, 88004])
    expect(theKeys?.shares.filter(({ description }) => ourMark.test(description ?? ''))).toEqual([])
    expect(theKeys?.locks.flatMap(({ device }) => device.map(({ id }) => id))).toEqual([88001, 88002, 88003, 88004])
    for (const text of said) expect(text).not.toMatch(pin)
  }, 240_000)

  it('is over for good: a further start plays nothing, shows no key, and ends in order', async () => {
    const before = world()
    const hub = start()
    await until('the start has said all', async () => (/try\.env/.test(hub.out()) ? true : undefined))
    expect(hub.out()).toMatch(/^Demo: every vendor is invented .* divided by 50\.$/m)
    expect(hub.out()).toMatch(/curl -i 'http/)
    expect(hub.out()).not.toMatch(keyLine)
    expect(hub.out()).not.toMatch(/^(booked|extended|moved|cancelled) /m)
    expect(hub.complaints()).toBe('')
    const pid = postgresPid() ?? 0
    expect(isAlive(pid)).toBe(true)
    expect(await hub.end('SIGTERM')).toBe(0)
    expect(isAlive(pid)).toBe(false)
    expect(world()?.smsFactor.messages).toEqual(before?.smsFactor.messages)
  }, 60_000)

  it('leaves no PostgreSQL behind when it is told to stop while it starts', async () => {
    const early = start()
    await sleep(200)
    // Before the program has come as far as to listen to signals, the system ends it.
    expect([0, 'SIGINT']).toContain(await early.end('SIGINT'))
    const hub = start()
    const pid = await until('PostgreSQL runs', async () => {
      const found = postgresPid()
      return found !== undefined && isAlive(found) ? found : undefined
    })
    expect(await hub.end('SIGINT')).toBe(0)
    expect(hub.complaints()).toBe('')
    expect(isAlive(pid)).toBe(false)
  }, 60_000)

  it('says in one sentence that the port is in use, and stops the PostgreSQL it started', async () => {
    const other = createServer()
    await new Promise<void>((ready) => other.listen(0, '127.0.0.1', ready))
    const { port } = other.address() as AddressInfo // listening on TCP, so it is an address
    const hub = start({ STAYWARD_PORT: String(port) })
    expect(await hub.ended).toBe(1)
    expect(hub.complaints()).toBe(
      `Port ${port} on 127.0.0.1 is in use: stop the other program, or set STAYWARD_PORT to another port.\nStayward has not started.\n`,
    )
    const pid = postgresPid()
    expect(pid === undefined || !isAlive(pid)).toBe(true)
    await new Promise((done) => other.close(done))
  }, 60_000)
})
