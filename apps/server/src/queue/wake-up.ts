import pg from 'pg'

export interface WakeUp {
  /** After a commit that marked keys: wakes the loop of this process at once, and those of the others. */
  readonly markedLocally: () => void
  /** Who is woken, by this process or another. */
  readonly onWake: (listener: () => void) => void
  readonly stop: () => Promise<void>
}

export interface WakeUpOptions {
  readonly url: string
  /** Milliseconds in which announcements become one. */
  readonly gather?: number
  /** The connection was lost; it is made again by itself, and until then the poll of the loops finds everything. */
  readonly onTrouble?: (error: unknown) => void
}

const channel = 'stayward_work'
const reconnectAfter = 1000

/**
 * Tells other processes that there is work. It notifies after the commit and from a connection of its own: a notify inside
 * the transactions takes a lock that all committing writers share.
 */
export async function startWakeUp({ url, gather = 50, onTrouble = () => undefined }: WakeUpOptions): Promise<WakeUp> {
  const listeners: (() => void)[] = []
  let client: pg.Client | undefined
  let stopped = false
  let reconnect: NodeJS.Timeout | undefined
  let gathering: NodeJS.Timeout | undefined
  let more = false
  let announced: Promise<unknown> | undefined

  const wake = () => {
    for (const listener of listeners) listener()
  }

  const connect = async () => {
    const next = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5000 })
    let lost = false
    let ownPid: number | undefined
    const lose = (error?: unknown) => {
      if (lost) return
      lost = true
      if (client === next) client = undefined
      if (stopped) return
      if (error !== undefined) onTrouble(error)
      reconnect = setTimeout(() => void connect(), reconnectAfter)
      void endQuietly(next)
    }
    next.on('error', lose)
    next.on('end', () => lose(new Error('The database closed the connection that listens for work.')))
    // Our own announcement comes back as well; our loop was woken when it was made.
    next.on('notification', ({ processId }) => {
      if (processId !== ownPid) wake()
    })
    try {
      await next.connect()
      await next.query(`listen ${channel}`)
      const { rows } = await next.query<{ pid: number }>('select pg_backend_pid() as pid')
      ownPid = rows[0]?.pid
    } catch (error) {
      lose(error)
      return
    }
    if (stopped) {
      await endQuietly(next)
      return
    }
    client = next
    wake() // what was announced while nobody listened
  }

  const announce = () => {
    more = false
    // Nobody hears it when the connection is down; the others poll.
    announced = client?.query(`notify ${channel}`).catch(onTrouble)
    gathering = setTimeout(() => void next(), gather)
  }

  /** A busy database may take longer over an announcement than the gathering lasts. */
  const next = async () => {
    await announced
    gathering = undefined
    if (more && !stopped) announce()
  }

  await connect()
  return {
    markedLocally: () => {
      wake()
      if (gathering) more = true
      else announce()
    },
    onWake: (listener) => void listeners.push(listener),
    stop: async () => {
      stopped = true
      clearTimeout(reconnect)
      clearTimeout(gathering)
      await announced
      if (more) await client?.query(`notify ${channel}`).catch(onTrouble)
      await client?.end().catch(onTrouble)
    },
  }
}

/** Of a connection that is broken already, or no longer wanted. */
async function endQuietly(client: pg.Client): Promise<void> {
  await client.end().catch(() => undefined) // broken already: there is nothing left to end
}
