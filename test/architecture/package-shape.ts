/** What the shape of a package is judged by: its package.json, and whether a file of it exists. */
export interface Package {
  readonly folder: string
  readonly manifest: {
    readonly exports?: Readonly<Record<string, unknown>>
    readonly publishConfig?: { readonly exports?: Readonly<Record<string, unknown>> }
    readonly license?: string
    readonly engines?: { readonly node?: string }
    readonly files?: readonly string[]
    readonly stayward?: { readonly port?: string; readonly spec?: string }
  }
  readonly has: (file: string) => boolean
}

/** What keeps a published package from being used as source here and as `dist` everywhere else. */
export function doorFaults({ folder, manifest, has }: Package): readonly string[] {
  const doors = Object.entries(manifest.exports ?? {}).filter(([door]) => door !== './package.json')
  const faults = doors.flatMap(([door, conditions]) => {
    if (!isConditions(conditions)) return [`${door} is no list of conditions`]
    const [source, ...built] = Object.keys(conditions)
    if (source !== '@stayward/source' || built.join() !== 'types,default')
      return [`${door} has to offer @stayward/source, types, default, in this order`]
    const file = conditions['@stayward/source'] ?? ''
    if (!has(file.replace('./', ''))) return [`${door} leads to ${file}, which is not there`]
    const dist = file.replace('./src/', './dist/').replace(/\.ts$/, '')
    return conditions['types'] === `${dist}.d.ts` && conditions['default'] === `${dist}.js`
      ? []
      : [`${door} has to lead to ${dist}.d.ts and ${dist}.js`]
  })
  return [
    ...(doors.length === 0 ? ['no exports'] : faults),
    // A hub that runs from source asks every package for its source, also one that somebody installed.
    ...(JSON.stringify(manifest.publishConfig?.exports) === JSON.stringify(withoutSource(manifest.exports))
      ? []
      : ['publishConfig.exports has to be exports without @stayward/source']),
    ...(manifest.license === 'MIT' ? [] : ['license has to be MIT']),
    ...(manifest.engines?.node === '>=22.18' ? [] : ['engines.node has to be >=22.18']),
    ...(manifest.files?.includes('dist') ? [] : ['files has to include dist']),
  ].map((fault) => `${folder}: ${fault}`)
}

function withoutSource(exports: Package['manifest']['exports'] = {}): object {
  return Object.fromEntries(
    Object.entries(exports).map(([door, conditions]) => {
      if (!isConditions(conditions)) return [door, conditions]
      const { '@stayward/source': _source, ...published } = conditions
      return [door, published]
    }),
  )
}

/** What every adapter's folder has, so that who has read one knows where to look in all. */
const anatomy = ['README.md', 'src/adapter.ts', 'src/testing/index.ts', 'test/contract.test.ts']

export function anatomyFaults({ folder, manifest, has }: Package): readonly string[] {
  return [
    ...anatomy.filter((file) => !has(file)).map((file) => `no ${file}`),
    ...(has('test/fixtures') ? [] : ['no test/fixtures']),
    ...(manifest.stayward?.port && manifest.stayward.spec === 'v1'
      ? []
      : ['package.json: stayward.port and spec "v1"']),
    ...(Object.keys(manifest.exports ?? {}).join() === '.,./testing,./package.json'
      ? []
      : ['doors are ".", "./testing"']),
  ].map((fault) => `${folder}: ${fault}`)
}

function isConditions(value: unknown): value is Readonly<Record<string, string>> {
  return typeof value === 'object' && value !== null && Object.values(value).every((path) => typeof path === 'string')
}
