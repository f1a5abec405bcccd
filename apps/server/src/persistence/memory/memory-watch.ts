import { access, constants, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { between, type Clock, type Instant, inTurn, isRestoring, limits, type LostTime, plus } from '@stayward/core'
import type { Pool } from 'pg'
import type { Log } from '../../telemetry/log.ts'
import { seldom } from '../../telemetry/seldom.ts'
import { isDatabaseAway } from '../database-away.ts'
import { listTenants } from '../tenants.ts'
import { beat, readMemory, writeNotice } from './hub-memory.ts'
import {
  beatEvery,
  type Cause,
  type HubMemory,
  judgeMemory,
  lostTimeOf,
  newerOf,
  type Remembered,
} from './judge-memory.ts'
import { type FileReading, readMemoryFile, writeMemoryFile } from './memory-file.ts'
import { announceRestore } from './restore-notices.ts'

export interface MemoryWatchOptions {
  readonly pool: Pool
  readonly clock: Clock
  readonly log: Log
  /** Where this hub remembers outside the database; absent: it remembers only while it runs. */
  readonly path?: string
  /** How long everything is read after a person's word before the hub goes on, milliseconds; `limits.readsFirst` when absent. */
  readonly readsFirst?: number
  /** Keys were marked. */
  readonly marked: () => void
}

export interface MemoryWatch {
  /** What the database has forgotten, as far as is known at this moment. */
  readonly lostTime: () => LostTime | undefined
  /** What a person has to know while the hub holds back. */
  readonly note: () => string | undefined
  /** Looks whether the database is still the one it was. To be waited for before anything is begun by what it says. */
  check(): Promise<void>
  stop(): Promise<void>
}

/** How long a confirmed loss is minded: by then every guest of it has been told, or a person has been called. */
const mindedFor = 7 * 86_400_000

/** Moves the database's counter on, keeps a copy of it outside, and notices when the two no longer agree. */
export async function watchMemory(options: MemoryWatchOptions): Promise<MemoryWatch> {
  const watch = new Watch(options)
  await watch.begin()
  return {
    lostTime: () => watch.lostTime(),
    note: () => watch.note(),
    check: () => watch.check(),
    stop: () => watch.stop(),
  }
}

class Watch {
  readonly #options: MemoryWatchOptions
  #remembered: Remembered | undefined
  #row: HubMemory | undefined
  #timer: NodeJS.Timeout | undefined
  #goingOn: NodeJS.Timeout | undefined
  /** One reading at a time: an older one must not be taken for a database that was set back. */
  readonly #turn = inTurn()
  /** The people of the tenants do not know it yet. */
  #untold = false
  readonly #cannotKeep = seldom<unknown>(3_600_000, (error) =>
    this.#options.log.warn(
      { err: error },
      'The hub cannot write into its data directory, so it will not notice after its next start if the database was set back. Make STAYWARD_DATA_DIR writable, and keep it.',
    ),
  )
  readonly #trouble = seldom<unknown>(60_000, (error) => {
    if (!isDatabaseAway(error))
      this.#options.log.warn({ err: error }, 'The hub could not check its memory; it tries again.')
  })

  constructor(options: MemoryWatchOptions) {
    this.#options = options
  }

  lostTime(): LostTime | undefined {
    const noticed = this.#row?.noticed
    if (!noticed) return undefined
    const { confirmedAt, ...open } = noticed
    if (confirmedAt === undefined) return open
    const now = this.#options.clock.now()
    if (between(confirmedAt, now) > mindedFor) return undefined
    const goesOnAt = this.#goesOnAt(confirmedAt)
    return now < goesOnAt ? open : { ...open, confirmedAt: goesOnAt }
  }

  note(): string | undefined {
    if (!isRestoring(this.lostTime())) return undefined
    const confirmedAt = this.#row?.noticed?.confirmedAt
    return confirmedAt === undefined
      ? 'the database was set back: nothing is sent, written or removed until a person has confirmed (stayward restore status)'
      : `the database was set back, and a person has confirmed it: booking systems and doors are read once more, and the hub goes on at ${this.#goesOnAt(confirmedAt)}`
  }

  #goesOnAt(confirmedAt: Instant): Instant {
    return plus(confirmedAt, this.#options.readsFirst ?? limits.readsFirst)
  }

  async begin(): Promise<void> {
    const { pool, path } = this.#options
    const file = path === undefined ? undefined : await this.#readFile(path)
    const row = await readMemory(pool)
    this.#remembered = file?.databases[row.databaseId]
    const doubtful = (this.#remembered === undefined && row.counter > 0) || file?.copied === true
    const cause = judgeMemory({
      row,
      ...(this.#remembered ? { remembered: this.#remembered } : {}),
      copied: file?.copied ?? false,
      mayRemember: path !== undefined && (file !== undefined || (await this.#canWrite(path))),
      vouchedFor: doubtful && path !== undefined && (await this.#isVouchedFor(row)),
      inherited: file !== undefined && (await listTenants(pool)).length > 0,
    })
    await this.#take(row, cause)
    if (!cause && this.#isOpen()) {
      this.#say('It has not been confirmed yet.')
      this.#untold = true
    }
    // No hub may have been at work when it was to go on.
    if (this.lostTime()?.confirmedAt !== undefined) this.#untold = true
    await this.#beat()
    this.#timer = setInterval(() => void this.#turn(() => this.#beat()).catch(this.#trouble), beatEvery)
    this.#timer.unref()
  }

  async check(): Promise<void> {
    await this.#turn(async () => void (await this.#look()))
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    clearTimeout(this.#goingOn)
    await this.#turn(() => this.#beat()).catch(this.#trouble)
  }

  async #look(): Promise<HubMemory> {
    const row = await readMemory(this.#options.pool)
    // Another database under a running hub: what became of the first one is not known, nor what this one has seen.
    const isOther = this.#row !== undefined && this.#row.databaseId !== row.databaseId
    const remembered = this.#remembered ? { remembered: this.#remembered } : {}
    const running = { copied: false, mayRemember: false, vouchedFor: true, inherited: false }
    await this.#take(row, isOther ? 'behind' : judgeMemory({ row, ...remembered, ...running }))
    return this.#row ?? row
  }

  async #beat(): Promise<void> {
    const { pool, path, clock } = this.#options
    const file = path === undefined ? undefined : await this.#readFile(path)
    const id = this.#row?.databaseId
    this.#remembered = newerOf(this.#remembered, id === undefined ? undefined : file?.databases[id])
    const row = await this.#look()
    if (this.#untold) await this.#announce()
    // A copy that nobody has confirmed leaves the file to the hub that it may be a copy of.
    if (this.#isOpen()) return
    const after = await beat(pool, row, clock.now())
    if (!after) return
    const { databaseId, epoch, counter } = after
    this.#remembered = { epoch, counter, at: clock.now() }
    if (path === undefined) return
    await writeMemoryFile(path, databaseId, this.#remembered).catch(this.#cannotKeep)
  }

  async #take(row: HubMemory, cause: Cause | undefined): Promise<void> {
    const { pool, clock, log } = this.#options
    const wasOpen = this.#isOpen()
    if (!cause) {
      this.#row = row
      if (wasOpen && !this.#isOpen())
        log.info(
          'A person has confirmed that the database was set back. The hub reads booking systems and doors once more, and goes on after that.',
        )
      this.#awaitGoingOn()
      if (!wasOpen && this.#isOpen()) this.#say('Another hub has noticed it.')
      return
    }
    const now = clock.now()
    const remembered = this.#remembered
    const lost = lostTimeOf(cause, row, remembered, now)
    // Held from here on, also while it is being written down.
    this.#row = { ...row, noticed: { ...lost, at: now, cause } }
    this.#untold = true
    this.#row = await writeNotice(pool, { cause, ...lost, ...(remembered ? { remembered } : {}) }, now)
    const { epoch, counter } = this.#row
    this.#remembered = { epoch, counter, at: now }
    if (!wasOpen) this.#say(causes[cause])
    await this.#announce()
  }

  /** Everything is looked at when the hub goes on, whichever process heard the person's word. */
  #awaitGoingOn(): void {
    const confirmedAt = this.#row?.noticed?.confirmedAt
    if (confirmedAt === undefined || this.#goingOn) return
    const left = between(this.#options.clock.now(), this.#goesOnAt(confirmedAt))
    if (left <= 0) return
    this.#goingOn = setTimeout(() => {
      this.#goingOn = undefined
      this.#untold = true
      void this.#turn(() => this.#beat()).catch(this.#trouble)
    }, left)
    this.#goingOn.unref()
  }

  #isOpen(): boolean {
    const noticed = this.#row?.noticed
    return noticed !== undefined && noticed.confirmedAt === undefined
  }

  #say(why: string): void {
    const noticed = this.#row?.noticed
    if (!noticed) return
    const { from, until, cause } = noticed
    this.#options.log.error(
      { from, until, cause },
      `RESTORE MODE. The database has forgotten what happened from ${from} to ${until}: ${why} Nothing is sent to guests, written to doors or removed from them. See what was found: stayward restore status. Then say that it is right: stayward restore confirm`,
    )
  }

  async #announce(): Promise<void> {
    const { pool, clock, marked } = this.#options
    const noticed = this.#row?.noticed
    if (noticed) await announceRestore(pool, noticed, clock.now())
    this.#untold = false
    marked()
  }

  async #readFile(path: string): Promise<FileReading | undefined> {
    try {
      return await readMemoryFile(path)
    } catch (error) {
      this.#cannotKeep(error)
      return undefined
    }
  }

  async #canWrite(path: string): Promise<boolean> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      await access(dirname(path), constants.W_OK)
      return true
    } catch (error) {
      this.#cannotKeep(error)
      return false
    }
  }

  /** Another hub that is at work on this database has a memory of its own, and would have noticed. */
  async #isVouchedFor({ counter, beatAt }: HubMemory): Promise<boolean> {
    const { pool, clock } = this.#options
    if (beatAt === undefined || Math.abs(between(beatAt, clock.now())) > 3 * beatEvery) return false
    for (let waited = 0; waited < 1.5 * beatEvery; waited += 500) {
      await sleep(500)
      const now = await readMemory(pool)
      if (now.counter > counter) return now.noticed === undefined || now.noticed.confirmedAt !== undefined
    }
    return false
  }
}

const causes: Readonly<Record<Cause, string>> = {
  behind: 'it was put back to an older state.',
  'older-epoch':
    'another copy of it has been confirmed as the one that counts, or it was put back to before such a confirmation. If another hub works on that copy, stop this one.',
  'file-missing':
    'nothing in the data directory tells whether it is whole. That is so after a restore on a new machine, or when the data directory was lost.',
  copied: 'the data directory is a copy, or was put back from a backup, and so may the database be.',
}
