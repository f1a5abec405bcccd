import { type Import, importsOf, type Source, targetOf } from './source.ts'

/** What the files of one folder may import. The first room that a file stands in decides. */
interface Room {
  readonly name: string
  readonly files: RegExp
  /** Files of the repository, by path from its root. */
  readonly own: readonly RegExp[]
  /** Packages and Node's own modules, as written. */
  readonly packages?: readonly RegExp[]
}

const core = (...folders: readonly string[]) => folders.map((folder) => new RegExp(`^packages/core/src/${folder}/`))
const testTools = [/^vitest(\/|$)/, /^fast-check$/, /^node:/]
const adapterTools = [/^@stayward\/core\/adapter$/, /^zod$/, /^node:(crypto|buffer)$/]
const fakeTools = [/^@stayward\/core\/testing$/, /^msw(\/|$)/, /^vitest$/]

export const rooms: readonly Room[] = [
  {
    name: 'core: civil time',
    files: /^packages\/core\/src\/domain\/civil-time\.ts$/,
    own: core('domain'),
    packages: [/^temporal-polyfill$/],
  },
  { name: 'core: domain', files: /^packages\/core\/src\/domain\//, own: core('domain') },
  { name: 'core: ports', files: /^packages\/core\/src\/ports\//, own: core('domain', 'ports') },
  { name: 'core: engine', files: /^packages\/core\/src\/engine\//, own: core('domain', 'ports', 'engine') },
  {
    // A line is a socket, and sockets are Node's.
    name: 'core: adapter kit, the line',
    files: /^packages\/core\/src\/adapter\/line\.ts$/,
    own: core('domain', 'ports', 'adapter'),
    packages: [/^node:net$/],
  },
  {
    name: 'core: adapter kit',
    files: /^packages\/core\/src\/adapter\//,
    own: core('domain', 'ports', 'adapter'),
    packages: [/^zod$/],
  },
  {
    // The README and the fixtures of a package are files.
    name: "core: testing, an adapter's papers",
    files: /^packages\/core\/src\/testing\/kits\/(readme|fixtures)\.ts$/,
    own: [/^packages\/core\/src\//],
    packages: [/^vitest$/, /^zod$/, /^node:fs$/],
  },
  {
    name: 'core: testing',
    files: /^packages\/core\/src\/testing\//,
    own: [/^packages\/core\/src\//],
    packages: [/^vitest$/, /^zod$/],
  },
  {
    name: 'core: front door',
    files: /^packages\/core\/src\/index\.ts$/,
    own: core('domain', 'ports', 'engine', 'adapter'),
  },
  {
    name: "core's tests",
    files: /^packages\/core\/test\//,
    own: [/^packages\/core\/(src|test)\//],
    packages: [...testTools, /^@stayward\/core(\/(adapter|testing))?$/, /^zod$/, /^temporal-polyfill(\/|$)/],
  },
  {
    name: "the mail adapter's fake server",
    files: /^packages\/adapters-messaging\/smtp\/src\/testing\//,
    own: [/^packages\/adapters-messaging\/smtp\/src\//],
    packages: [...adapterTools, ...fakeTools, /^smtp-server$/, /^node:(net|stream)$/],
  },
  {
    name: "the mail adapter's conversation",
    files: /^packages\/adapters-messaging\/smtp\/src\/smtp-submission\.ts$/,
    own: [/^packages\/adapters-messaging\/smtp\/src\/(?!testing\/)/],
    packages: [...adapterTools, /^nodemailer$/, /^node:net$/],
  },
  {
    name: "the mail adapter's tests",
    files: /^packages\/adapters-messaging\/smtp\/test\//,
    own: [/^packages\/adapters-messaging\/smtp\/(src|test)\//],
    packages: [...adapterTools, ...fakeTools, ...testTools, /^@stayward\/notify-smtp$/, /^smtp-server$/],
  },
  {
    name: "an adapter's fake vendor",
    files: /^packages\/adapters-\w+\/[\w-]+\/src\/testing\//,
    own: [/^packages\/adapters-\w+\/[\w-]+\/src\//],
    packages: [...adapterTools, ...fakeTools],
  },
  {
    name: "an adapter's pictures",
    files: /^packages\/adapters-locks\/2n\/src\/(qr-picture|qrcode\.d)\.ts$/,
    own: [/^packages\/adapters-locks\/2n\/src\/(?!testing\/)/],
    packages: [/^qrcode$/, ...adapterTools],
  },
  {
    name: 'an adapter',
    files: /^packages\/adapters-\w+\/[\w-]+\/src\//,
    own: [/^packages\/adapters-\w+\/[\w-]+\/src\/(?!testing\/)/],
    packages: adapterTools,
  },
  {
    name: "an adapter's tests",
    files: /^packages\/adapters-\w+\/[\w-]+\/test\//,
    own: [/^packages\/adapters-\w+\/[\w-]+\/((src|test)\/|package\.json$)/],
    // Its own name as well, as its users write it.
    packages: [
      ...adapterTools,
      ...fakeTools,
      ...testTools,
      /^@stayward\/(booking|lock|intercom|notify)-[\w-]+(\/testing)?$/,
    ],
  },
]

/** What a file of a package imports without leave. A file that stands in no room is one as well. */
export function strays(source: Source): readonly string[] {
  const room = rooms.find(({ files }) => files.test(source.path))
  if (!room)
    return [`${source.path} stands in no room: put it into a folder of the table, or the folder into the table`]
  return importsOf(source)
    .filter((found) => !mayImport(room, source.path, found))
    .map(({ specifier, typeOnly }) => `${source.path} (${room.name}) -> ${typeOnly ? 'type ' : ''}${specifier}`)
}

function mayImport(room: Room, path: string, { specifier }: Import): boolean {
  const target = targetOf(path, specifier)
  if (target !== undefined) return room.own.some((own) => own.test(target))
  return room.packages?.some((name) => name.test(specifier)) ?? false
}

/** Relative imports that leave the package which the file belongs to. */
export function escapes(source: Source, folder: string): readonly string[] {
  return importsOf(source)
    .filter(({ specifier }) => targetOf(source.path, specifier)?.startsWith(`${folder}/`) === false)
    .map(({ specifier }) => `${source.path} -> ${specifier}`)
}

const serverOnly = /^(express|awilix|pg|@mikro-orm\/[\w-]+)$/

/** The server's tools in a file that is not the server's. */
export function serverToolsOutside(source: Source): readonly string[] {
  if (source.path.startsWith('apps/server/')) return []
  return importsOf(source)
    .filter(({ specifier }) => serverOnly.test(specifier))
    .map(({ specifier }) => `${source.path} -> ${specifier}`)
}
