// The factors as a graph, and what stands where when it is drawn as trees.

/** The factors by id, with who explains whom. A file may hold anything: circles, and causes that are not there. */
class Factors {
  constructor(list) {
    this.list = list;
    this.by = new Map(list.map((one) => [one.id, one]));
    this.above = new Map(list.map((one) => [one.id, []]));
    for (const one of list) for (const cause of new Set(one.because_of)) this.above.get(cause)?.push(one.id);
  }

  get(id) { return this.by.get(id); }
  has(id) { return this.by.has(id); }
  causes(id) { return [...new Set(this.get(id)?.because_of ?? [])].filter((each) => this.has(each)); }
  parents(id) { return this.above.get(id) ?? []; }

  /** The ids below a factor, and itself: what it cannot be made a cause of. */
  below(id) {
    const found = new Set([id]);
    for (const each of found) for (const cause of this.causes(each)) found.add(cause);
    return found;
  }

  /** The ids above a factor, and itself: what cannot be made a cause of it. */
  ancestors(id) {
    const found = new Set([id]);
    for (const each of found) for (const parent of this.parents(each)) found.add(parent);
    return found;
  }

  /** The roots of a question. What runs only in circles begins with its first factor of the file. */
  roots(explains) {
    if (!this.first) {
      this.first = this.list.filter((one) => !this.parents(one.id).length);
      const reached = new Set(this.first.flatMap((one) => [...this.below(one.id)]));
      for (const one of this.list) {
        if (reached.has(one.id)) continue;
        this.first.push(one);
        for (const each of this.below(one.id)) reached.add(each);
      }
    }
    return this.first.filter((one) => one.explains === explains).map((one) => one.id);
  }

  /** The causes that would be left without any factor above them if this one were deleted. */
  orphans(id) { return this.causes(id).filter((each) => this.parents(each).every((one) => one === id) && each !== id); }
}

const pathKey = (path) => JSON.stringify(path);

/** What is seen of one question's trees, in order: each place of a factor is a node of its own. */
function nodesOf(factors, explains, isOpen, seen) {
  const nodes = [];
  const walk = (id, above) => {
    const path = [...above, id], key = pathKey(path), circle = above.includes(id), again = seen.has(id);
    seen.add(id);
    const causes = circle ? [] : factors.causes(id);
    const open = causes.length > 0 && isOpen(key, !again);
    const node = { key, path, id, explains, factor: factors.get(id), parent: above.at(-1) ?? "", level: path.length, causes, open, circle,
      again, up: above.length ? pathKey(above) : "", children: [] };
    nodes.push(node);
    if (open) node.children = causes.map((each) => walk(each, path));
    return node;
  };
  for (const id of factors.roots(explains)) walk(id, []);
  return nodes;
}
