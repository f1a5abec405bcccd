import { importsOf, packageOf, type Source } from './source.ts'

/** The parts of a package.json that say what a package needs. */
export interface Manifest {
  readonly name: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

/** Where a package's files import something. */
interface Uses {
  /** What its users run. */
  readonly inSource: ReadonlySet<string>
  /** What only those who open its `testing` door run. */
  readonly inTestingDoor: ReadonlySet<string>
  readonly inTests: ReadonlySet<string>
}

/**
 * Where a package's declared dependencies and what its files import differ. `reached` lists what is used in ways that no
 * import shows, each with the reason; an entry that is not needed is a fault as well.
 */
export function dependencyFaults(
  folder: string,
  manifest: Manifest,
  sources: readonly Source[],
  reached: Readonly<Record<string, string>> = {},
): readonly string[] {
  const uses = usesOf(folder, manifest, sources)
  const has = (list: keyof Omit<Manifest, 'name'>, name: string) => manifest[list]?.[name] !== undefined
  const isPeer = (name: string) => has('peerDependencies', name)
  const isOptional = (name: string) => manifest.peerDependenciesMeta?.[name]?.optional === true
  const isUsed = (name: string) => uses.inSource.has(name) || uses.inTestingDoor.has(name)
  const explained = new Set<string>()
  const unlessReached = (name: string) => {
    if (reached[name] === undefined) return true
    explained.add(name)
    return false
  }

  const faults = [
    ...[...uses.inSource]
      .filter((name) => !has('dependencies', name) && (!isPeer(name) || isOptional(name)))
      .map((name) => `src imports ${name}: declare it in dependencies, or in peerDependencies without "optional"`),
    ...[...uses.inTestingDoor]
      .filter((name) => !has('dependencies', name) && !isPeer(name))
      .map((name) => `src/testing imports ${name}: declare it in peerDependencies`),
    ...[...uses.inTests]
      .filter((name) => !has('dependencies', name) && !has('devDependencies', name))
      .map((name) => `its tests import ${name}: declare it in devDependencies`),
    ...Object.keys(manifest.dependencies ?? {})
      .filter((name) => !isUsed(name))
      .filter(unlessReached)
      .map((name) => `dependencies has ${name}, which src does not import`),
    ...Object.keys(manifest.peerDependencies ?? {})
      .filter((name) => !isUsed(name))
      .filter(unlessReached)
      .map((name) => `peerDependencies has ${name}, which src does not import`),
    ...Object.keys(manifest.peerDependencies ?? {})
      .filter((name) => !has('devDependencies', name))
      .map((name) => `peerDependencies has ${name}, which devDependencies does not pin for the tests`),
    ...Object.keys(manifest.devDependencies ?? {})
      .filter((name) => !uses.inTests.has(name) && !isPeer(name) && !has('dependencies', typedBy(name)))
      .filter(unlessReached)
      .map((name) => `devDependencies has ${name}, which no test imports`),
  ]
  const stale = Object.keys(reached).filter((name) => !explained.has(name))
  return [...faults, ...stale.map((name) => `${name} needs no exception any more`)].map(
    (fault) => `${folder}: ${fault}`,
  )
}

function usesOf(folder: string, manifest: Manifest, sources: readonly Source[]): Uses {
  const uses = { inSource: new Set<string>(), inTestingDoor: new Set<string>(), inTests: new Set<string>() }
  for (const source of sources) {
    const inside = source.path.slice(folder.length + 1)
    const set = inside.startsWith('src/testing/')
      ? uses.inTestingDoor
      : inside.startsWith('src/')
        ? uses.inSource
        : uses.inTests
    for (const { specifier } of importsOf(source)) {
      const name = packageOf(specifier)
      if (name !== undefined && name !== manifest.name) set.add(name)
    }
  }
  return uses
}

/** The package that a types package describes: `pg` for `@types/pg`. */
function typedBy(name: string): string {
  return name.replace(/^@types\//, '')
}
