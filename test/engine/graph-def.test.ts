import { describe, expect, it } from 'vitest';
import { after, DataType, savedModelMessage, NodeList } from '../../electron/engine/graph/graph-def.ts';

describe('the nodes of a graph', () => {
  it('are named apart, and refer to each other by place', () => {
    const nodes = new NodeList({ inFunction: false });
    const x = nodes.add('Placeholder', [], { dtype: { kind: 'type', value: DataType.float32 } });
    const parts = nodes.add('Split', [x], {});
    expect([x, parts, nodes.output(parts, 1), after(parts)]).toEqual([
      'placeholder_0:0',
      'split_1:0',
      'split_1:1',
      '^split_1',
    ]);
    expect(nodes.nodes.map(({ name, op, inputs }) => ({ name, op, inputs }))).toEqual([
      { name: 'placeholder_0', op: 'Placeholder', inputs: [] },
      { name: 'split_1', op: 'Split', inputs: ['placeholder_0:0'] },
    ]);
  });

  it('of a function refer to each other by the name of the output', () => {
    const nodes = new NodeList({ inFunction: true });
    const product = nodes.add('BatchMatMulV2', ['a', 'b'], {});
    const parts = nodes.add('SplitV', [product, 'sizes', 'axis'], {});
    const top = nodes.add('TopKV2', [product, 'k'], {});
    expect(product).toBe('batchmatmulv2_0:output:0');
    // A list-valued output counts its tensors; others are each their own.
    expect([parts, nodes.output(parts, 2)]).toEqual(['splitv_1:output:0', 'splitv_1:output:2']);
    expect([top, nodes.output(top, 1)]).toEqual(['topkv2_2:values:0', 'topkv2_2:indices:0']);
  });

  it('an op without outputs is referred to by its name', () => {
    const nodes = new NodeList({ inFunction: true });
    const assign = nodes.add('AssignVariableOp', ['handle', 'value'], {});
    expect([assign, after(assign)]).toEqual(['assignvariableop_0', '^assignvariableop_0']);
  });

  it('an op that is not in the table is refused in a function, where its outputs’ names are needed', () => {
    const message = 'The compiler does not know the outputs of the op "NoSuchOp".';
    expect(() => new NodeList({ inFunction: true }).add('NoSuchOp', [], {})).toThrow(message);
    expect(new NodeList({ inFunction: false }).add('NoSuchOp', [], {})).toBe('nosuchop_0:0');
  });

  it('a reference to a node of elsewhere is refused', () => {
    expect(() => new NodeList({ inFunction: false }).output('matmul_7:0', 0)).toThrow('No graph node "matmul_7".');
  });
});

describe('a saved model', () => {
  it('is these bytes', () => {
    const bytes = savedModelMessage(
      [{ name: 'n', op: 'NoOp', inputs: ['^m'], attributes: { k: { kind: 'integer', value: 3 } } }],
      [],
      'serve',
    ).finish();
    // By hand from saved_model.proto, meta_graph.proto, graph.proto, node_def.proto and versions.proto.
    const node = '0a016e' + '12044e6f4f70' + '1a025e6d' + '2a07' + '0a016b' + '12021803';
    const graph = `0a16${node}` + '1200' + '220308f30a';
    const meta = '0a07' + '2205' + '7365727665' + `121f${graph}`;
    expect(Buffer.from(bytes).toString('hex')).toBe(`0801122a${meta}`);
  });
});
