import { describe, expect, it } from 'vitest'
import { readSettings } from '../../src/settings/settings.ts'

const key = Buffer.alloc(32, 9).toString('base64')

const settingsOf = (env: Record<string, string>) => {
  const reading = readSettings(env)
  if ('problems' in reading) throw new Error(reading.problems.join('\n'))
  return reading.settings
}
const problemsOf = (env: Record<string, string>) => {
  const reading = readSettings(env)
  return 'problems' in reading ? reading.problems : []
}

describe('what is not set', () => {
  it('has the documented defaults', () => {
    expect(settingsOf({ PATH: '/bin', DATABASE_URL: '', STAYWARD_PORT: ' ' })).toEqual({
      dataDir: '.stayward',
      host: '127.0.0.1',
      port: 8080,
      trustProxy: false,
      adapters: [],
      vendorOrigins: new Map(),
      privateNetworks: new Map(),
      tracing: false,
    })
  })
})

describe('what is set', () => {
  it('is understood', () => {
    const settings = settingsOf({
      DATABASE_URL: 'postgres://owner:p%40ss@db.example:5432/stayward',
      STAYWARD_APP_DATABASE_URL: 'postgresql://app:x@db.example/stayward?sslmode=require',
      STAYWARD_DATA_DIR: '/var/lib/stayward',
      STAYWARD_HOST: '::',
      STAYWARD_PORT: '0',
      STAYWARD_PUBLIC_URL: 'https://stay.example.com/hub/',
      STAYWARD_TRUST_PROXY: 'loopback, 10.0.0.0/8',
      STAYWARD_MASTER_KEYS: `k2:${key},k1:${Buffer.alloc(32, 8).toString('base64')}`,
      STAYWARD_ADAPTERS: '@somebody/lock-acme, other-adapter',
      STAYWARD_VENDOR_ORIGINS: 'https://login.smoobu.com=http://127.0.0.1:4711,https://api.example=http://[::1]:4712',
      STAYWARD_PRIVATE_NETWORKS: 'casa/street=192.168.1.0/24, casa/street=fd12::/48,other/yard=10.8.0.7/32',
      STAYWARD_DEMO: '0',
      STAYWARD_LOG_LEVEL: 'debug',
      STAYWARD_TEST_DATABASE_URL: 'postgres://x@y/z',
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
    })
    expect(settings).toMatchObject({
      databaseUrl: 'postgres://owner:p%40ss@db.example:5432/stayward',
      dataDir: '/var/lib/stayward',
      host: '::',
      port: 0,
      publicUrl: 'https://stay.example.com/hub',
      trustProxy: ['loopback', '10.0.0.0/8'],
      adapters: ['@somebody/lock-acme', 'other-adapter'],
      demo: false,
      logLevel: 'debug',
      tracing: true,
    })
    expect(settings.vendorOrigins.get('https://login.smoobu.com')).toBe('http://127.0.0.1:4711')
    expect(settings.privateNetworks.get('casa/street')).toEqual(['192.168.1.0/24', 'fd12::/48'])
    expect(settings.privateNetworks.get('other/yard')).toEqual(['10.8.0.7/32'])
    expect(settings.masterKeys).toContain('k2:')
  })

  it('reads a number of proxies', () => {
    expect(settingsOf({ STAYWARD_TRUST_PROXY: '1' }).trustProxy).toBe(1)
    expect(settingsOf({ STAYWARD_TRUST_PROXY: '0' }).trustProxy).toBe(false)
  })
})

describe('what cannot be understood', () => {
  it.each([
    ['DATABASE_URL', 'mysql://x/y', 'PostgreSQL address'],
    ['DATABASE_URL', 'postgres://login:canary@host', 'names no database'],
    ['STAYWARD_PORT', '80 80', 'port number'],
    ['STAYWARD_PORT', '65536', 'port number'],
    ['STAYWARD_HOST', 'my host', 'address to listen at'],
    ['STAYWARD_PUBLIC_URL', 'stay.example.com', 'like https://'],
    ['STAYWARD_PUBLIC_URL', 'https://user:canary@stay.example.com', 'must not hold a user name'],
    ['STAYWARD_TRUST_PROXY', 'true', 'number of proxies'],
    ['STAYWARD_TRUST_PROXY', '10.0.0.0/99', 'number of proxies'],
    ['STAYWARD_MASTER_KEYS', 'k1:canary', '32 bytes'],
    ['STAYWARD_MASTER_KEYS', `k1:${key},k1:${key}`, 'twice'],
    ['STAYWARD_ADAPTERS', 'what is this', 'package names'],
    ['STAYWARD_VENDOR_ORIGINS', 'https://login.smoobu.com=https://evil.example', 'only point to this machine'],
    ['STAYWARD_VENDOR_ORIGINS', 'https://login.smoobu.com/path=http://127.0.0.1:1', 'pairs like'],
    ['STAYWARD_PRIVATE_NETWORKS', '192.168.1.0/24', 'pairs like'],
    ['STAYWARD_PRIVATE_NETWORKS', 'street=192.168.1.0/24', 'pairs like'],
    ['STAYWARD_PRIVATE_NETWORKS', 'casa/street=0.0.0.0/0', 'only open private networks'],
    ['STAYWARD_PRIVATE_NETWORKS', 'casa/street=169.254.169.254/32', 'only open private networks'],
    ['STAYWARD_DEMO', 'yes', '1 (demo on)'],
    ['STAYWARD_LOG_LEVEL', 'loud', 'one of fatal'],
  ])('%s=%s is one sentence that says what to write, and quotes no secret', (name, value, says) => {
    const problems = problemsOf({ [name]: value })
    expect(problems).toHaveLength(1)
    expect(problems[0]).toContain(name)
    expect(problems[0]).toContain(says)
    expect(problems[0]).not.toContain('canary')
    expect(problems[0]).not.toContain(key)
  })

  it('is told all at once', () => {
    const problems = problemsOf({ STAYWARD_PORT: 'x', STAYWARD_DEMO: 'x', STAYWARD_LOG_LEVEL: 'x' })
    expect(problems).toHaveLength(3)
  })

  it('includes names that are no settings, with the one that was probably meant', () => {
    expect(problemsOf({ STAYWARD_PORTT: '80', STAYWARD_UNHEARD_OF: '1' })).toEqual([
      'STAYWARD_PORTT is not a setting; did you mean STAYWARD_PORT?',
      'STAYWARD_UNHEARD_OF is not a setting: remove it or check its spelling.',
    ])
  })

  it('includes settings that contradict each other', () => {
    expect(problemsOf({ STAYWARD_MASTER_KEYS: `k1:${key}`, STAYWARD_MASTER_KEYS_FILE: '/k' })[0]).toContain('keep one')
    expect(problemsOf({ STAYWARD_APP_DATABASE_URL: 'postgres://a@h/d' })[0]).toContain('DATABASE_URL is not')
  })
})
