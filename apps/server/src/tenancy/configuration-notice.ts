import pg from 'pg'

export interface ConfigurationNotice {
  stop(): Promise<void>
}

export interface NoticeOptions {
  readonly url: string
  readonly onChange: (tenantId: string) => void
  /** Changes may have been missed: nothing that was opened before can be trusted. */
  readonly onGap: () => void
  readonly onTrouble: (error: unknown) => void
}

const channel = 'stayward_configuration'
const reconnectAfter = 1000

/**
 * Hears of configuration changes that any process commits: a trigger on `connection` and `tenant_setting` announces the
 * tenant. A closed provider thereby goes out of use everywhere within moments of an edit.
 */
export async function listenForConfiguration({
  url,
  onChange,
  onGap,
  onTrouble,
}: NoticeOptions): Promise<ConfigurationNotice> {
  let client: pg.Client | undefined
  let timer: NodeJS.Timeout | undefined
  let stopped = false

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: url, keepAlive: true, connectionTimeoutMillis: 5000 })
    let lost = false
    const lose = (error: unknown) => {
      if (lost || stopped) return
      lost = true
      client = undefined
      onTrouble(error)
      onGap()
      timer = setTimeout(() => void connect(), reconnectAfter)
      void next.end().catch(onTrouble)
    }
    next.on('error', lose)
    next.on('end', () => lose(new Error('The database closed the connection that listens for configuration changes.')))
    next.on('notification', ({ payload }) => onChange(payload ?? ''))
    try {
      await next.connect()
      await next.query(`listen ${channel}`)
      client = next
      onGap() // whatever changed while nobody listened
    } catch (error) {
      lose(error)
    }
  }
  await connect()
  return {
    stop: async () => {
      stopped = true
      clearTimeout(timer)
      await client?.end().catch(onTrouble)
    },
  }
}
