/** Items by a key, in the order in which keys first appear. */
export function groupBy<T>(
  items: readonly T[],
  key: (item: T, i: number) => string,
): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const [i, item] of items.entries()) {
    const k = key(item, i);
    const group = groups.get(k);
    if (group === undefined) groups.set(k, [item]);
    else group.push(item);
  }
  return groups;
}

/** The first item of each name. */
export function distinctBy<T>(items: readonly T[], name: (item: T) => string): readonly T[] {
  const found = new Map<string, T>();
  for (const item of items) if (!found.has(name(item))) found.set(name(item), item);
  return [...found.values()];
}
