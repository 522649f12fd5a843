using TorchSharp;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Random;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;
using Specs = TrainingService.Contracts.Layers;

namespace TrainingService.Engine.Tests.Layers;

[Collection(TrainingCollection.Name)]
public sealed class RecurrentTests
{
    private const int Batch = 5, Time = 6, Features = 3;

    private static readonly RecurrentSpec[] Layers =
    [
        new LSTM(4), new LSTM(4, UnitForgetBias: false) { ReturnSequences = true, GoBackwards = true }, new LSTM(4) { UseBias = false, ReturnState = true },
        new LSTM(4) { ReturnSequences = true, ZeroOutputForMask = true }, new LSTM(4) { Unroll = true, ReturnSequences = true },
        new GRU(4) { ReturnState = true }, new GRU(4) { ReturnSequences = true, ZeroOutputForMask = true, ReturnState = true }, new GRU(4) { UseBias = false, GoBackwards = true },
        new GRU(4) { Unroll = true, ReturnSequences = true, ReturnState = true },
        new SimpleRNN(4) { ReturnSequences = true }, new SimpleRNN(4) { Activation = Contracts.Activations.Activation.Relu, ReturnState = true, ZeroOutputForMask = true },
        new RNN(new Specs.StackedRNNCells([new Specs.LSTMCell(3), new Specs.GRUCell(4)])) { ReturnSequences = true, ReturnState = true },
    ];

    /// <summary>Layer, with a mask, with an initial state.</summary>
    public static TheoryData<int, bool, bool> Calls
    {
        get
        {
            var data = new TheoryData<int, bool, bool>();
            for (var number = 0; number < Layers.Length; number++)
            {
                foreach (var masked in new[] { false, true })
                {
                    data.Add(number, masked, false);
                    data.Add(number, masked, true);
                }
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Calls))]
    public void The_native_loop_gives_what_the_steps_give_and_its_gradients(int number, bool masked, bool withState)
    {
        using var scope = NewDisposeScope();
        var spec = Layers[number];
        using var layer = Build(spec);
        using var generator = new Generator(3);
        var x = randn([Batch, Time, Features], generator: generator, requires_grad: true);
        var states = withState ? spec.StepCell.StateShapes(new Shape(Batch, Features)).Select(shape => randn([.. shape.Select(size => size!.Value)], generator: generator)).ToArray() : [];
        foreach (var weight in layer.Weights)
            weight.Value.requires_grad_(true);

        var native = Outputs(layer, x, masked ? Mask() : null, states);
        var nativeGradients = Gradients(native, x, layer);
        foreach (var cell in Cells(layer))
            cell.MayRunNatively = false;
        var stepped = Outputs(layer, x, masked ? Mask() : null, states);
        var steppedGradients = Gradients(stepped, x, layer);

        Assert.Equal(stepped.Length, native.Length);
        foreach (var (expected, received) in stepped.Concat(steppedGradients).Zip(native.Concat(nativeGradients)))
        {
            Assert.Equal(expected.shape, received.shape);
            Assert.True(expected.allclose(received, rtol: 1e-4, atol: 1e-5), $"{spec.GetType().Name}: {(expected - received).abs().max().item<float>()} off");
        }
    }

    /// <summary>Rows, steps, features, units: single ones, sizes beside the width of a vector, and enough work for several threads.</summary>
    public static TheoryData<int, int, int, int> Sizes => new()
    {
        { 1, 1, 1, 1 }, { 1, 9, 3, 20 }, { 4, 1, 8, 8 }, { 7, 3, 5, 17 }, { 6, 5, 40, 12 }, { 9, 4, 2, 70 }, { 37, 40, 20, 33 }, { 64, 30, 64, 64 },
    };

    [Theory, MemberData(nameof(Sizes))]
    public void An_lstm_whose_rows_are_shared_out_gives_what_its_steps_give(int batch, int time, int features, int units)
    {
        try
        {
            set_num_threads(3);
            foreach (var spec in new RecurrentSpec[] { new LSTM(units) { ReturnSequences = true, ReturnState = true }, new LSTM(units) { GoBackwards = true }, new LSTM(units) { UseBias = false } })
            {
                using var scope = NewDisposeScope();
                using var layer = LayerTable.Build(spec, Context(new Shape(batch, time, features)));
                using var generator = new Generator(3);
                var x = randn([batch, time, features], generator: generator, requires_grad: true);
                foreach (var weight in layer.Weights)
                    weight.Value.requires_grad_(true);

                var native = Outputs(layer, x, null, []);
                var nativeGradients = Gradients(native, x, layer);
                using (no_grad())
                {
                    set_num_threads(1);
                    foreach (var (trained, asked) in native.Zip(Outputs(layer, x, null, [])))
                        Assert.True(Same(trained, asked)); // nor do threads or what is kept for gradients change it
                }
                foreach (var cell in Cells(layer))
                    cell.MayRunNatively = false;
                var stepped = Outputs(layer, x, null, []);

                foreach (var (expected, received) in stepped.Concat(Gradients(stepped, x, layer)).Zip(native.Concat(nativeGradients)))
                {
                    Assert.Equal(expected.shape, received.shape);
                    var off = ((expected - received).abs().max() / (expected.abs().max() + 1e-3)).item<float>();
                    Assert.True(off < 1e-5, $"{spec}: {off} off");
                }
            }
        }
        finally
        {
            set_num_threads(1);
        }
    }

    [Fact]
    public void An_lstm_leaves_no_tensor_behind()
    {
        using var layer = LayerTable.Build(new Specs.Bidirectional(new LSTM(5) { ReturnSequences = true }), Context(new Shape(Batch, Time, Features)));
        foreach (var weight in layer.Weights)
            weight.Value.requires_grad_(true);
        Step(); // gradients are made once
        var before = LiveTensors.Settled();
        Step();
        Assert.Equal(before, Tensor.TotalCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            Train(layer, randn(Batch, Time, Features)).sum().backward();
        }
    }

    [Fact]
    public void A_sequence_may_lie_in_memory_in_another_order()
    {
        using var scope = NewDisposeScope();
        using var layer = Build(new LSTM(4) { ReturnSequences = true });
        var x = randn(Features, Time, Batch).permute(2, 1, 0).detach().requires_grad_(true);
        var same = x.detach().contiguous().requires_grad_(true);
        foreach (var input in new[] { x, same })
        {
            var y = Train(layer, input);
            (y * linspace(1, 2, y.numel()).view(y.shape)).sum().backward();
        }
        Assert.True(x.grad!.allclose(same.grad!));
    }

    [Fact]
    public void What_is_no_number_stays_no_number_in_its_row()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var layer = Build(new LSTM(4));
        var x = randn(Batch, Time, Features);
        x[1, 2, 0] = float.NaN;
        x[2] = x[2] * 1e30f; // and what is far away is as far as gates go
        var y = Outputs(layer, x, null, [])[0];
        Assert.True(y[1].isnan().all().item<bool>());
        Assert.True(y.isnan().any(1).eq(tensor(new[] { false, true, false, false, false })).all().item<bool>());
        Assert.True(y[2].abs().le(1).all().item<bool>());
    }

    [Fact]
    public void Dropout_comes_from_the_jobs_seed_and_is_the_same_at_every_step()
    {
        foreach (var spec in new RecurrentSpec[]
        {
            new LSTM(4) { Dropout = 0.5, ReturnSequences = true }, new LSTM(4) { Dropout = 0.5, Implementation = 1 }, new GRU(4) { RecurrentDropout = 0.5 },
            new GRU(4, ResetAfter: false) { Dropout = 0.3, RecurrentDropout = 0.5 }, new SimpleRNN(4) { Dropout = 0.5, RecurrentDropout = 0.5 }, new LSTM(4) { RecurrentDropout = 0.4 },
        })
        {
            using var scope = NewDisposeScope();
            using var first = Build(spec);
            using var second = Build(spec);
            using var other = Build(spec, seed: 2);
            foreach (var (mine, theirs) in other.Weights.Zip(first.Weights))
                mine.Assign(theirs.Value);
            var x = randn(Batch, Time, Features);
            using var noGrad = no_grad();
            var (one, same, different) = (Train(first, x), Train(second, x), Train(other, x));
            Assert.True(Same(one, same));
            Assert.False(Same(one, different));
            Assert.False(Same(one, Train(first, x))); // the next batch draws anew
            Assert.True(Same(Outputs(first, x, null, [])[0], Outputs(first, x, null, [])[0])); // and inference draws nothing
        }
    }

    [Fact]
    public void A_dropped_feature_is_dropped_at_every_step()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var layer = Build(new SimpleRNN(Features) { Dropout = 0.5, Activation = Contracts.Activations.Activation.Linear, UseBias = false, ReturnSequences = true });
        layer.Weights[0].Assign(eye(Features));
        layer.Weights[1].Assign(zeros(Features, Features));
        var y = Train(layer, ones(64, Time, Features)); // (rows, time, features): 0 or 2, the same at every step
        Assert.True(y.eq(0).logical_or(y.eq(2)).all().item<bool>());
        Assert.True(y.eq(y.narrow(1, 0, 1)).all().item<bool>());
        Assert.InRange(y.mean().item<float>(), 0.7f, 1.3f);
    }

    [Fact]
    public void A_stateful_layer_refuses_another_number_of_rows_until_it_forgets()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var layer = Build(new GRU(4) { Stateful = true });
        var first = Outputs(layer, ones(Batch, Time, Features), null, [])[0];
        Assert.False(Same(first, Outputs(layer, ones(Batch, Time, Features), null, [])[0]));
        Assert.Throws<ArgumentException>(() => Outputs(layer, ones(2, Time, Features), null, []));
        layer.ResetState();
        Assert.True(Same(first, Outputs(layer, ones(Batch, Time, Features), null, [])[0]));
        var before = LiveTensors.Settled();
        layer.Dispose();
        Assert.Equal(before - layer.Weights.Count - 1, Tensor.TotalCount); // the weights and the state that it carried
    }

    [Fact]
    public void Statistics_inside_TimeDistributed_move_once_a_step()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var x = randn(4, 3, 2);
        using var layer = LayerTable.Build(new Specs.TimeDistributed(new Specs.BatchNormalization()), Context(new Shape(4, 3, 2)));
        using var alone = LayerTable.Build(new Specs.BatchNormalization(), Context(new Shape(4, 2)));
        var y = layer.Apply(new KerasTensor(x), new CallContext(training: true)).Value;
        var steps = Enumerable.Range(0, 3).Select(step => alone.Apply(new KerasTensor(x.select(1, step)), new CallContext(training: true)).Value).ToList();
        Assert.True(stack(steps, 1).allclose(y));
        foreach (var (expected, received) in alone.Weights.Zip(layer.Weights))
            Assert.True(expected.Value.allclose(received.Value), received.Name);
    }

    [Fact]
    public void Attention_with_and_without_its_weights_gives_the_same_output()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        LayerSpec[] specs = [new Specs.MultiHeadAttention(2, 3) { UseGate = true }, new Specs.MultiHeadAttention(2, 3, 4) { SlidingWindow = 2 }, new Specs.GroupQueryAttention(2, 4, 2)];
        foreach (var spec in specs)
        {
            foreach (var causal in new[] { false, true })
            {
                var (plain, withScores) = (Form(spec, causal, scores: false), Form(spec, causal, scores: true));
                Shape[] shapes = [new(2, 4, 5), new(2, 4, 5)];
                using var layer = LayerTable.Build(spec, new LayerContext("layer", [shapes[0]], true, new RandomStreams(1), CPU) { Call = new CallSpec(plain, shapes) });
                KerasTensor[] tensors = [new(randn(2, 4, 5)), new(randn(2, 4, 5))];
                var fused = layer.Apply(new CallContext(training: false).For(plain, [.. tensors]))[0].Value;
                var outputs = layer.Apply(new CallContext(training: false).For(withScores, [.. tensors]));
                Assert.True(fused.allclose(outputs[0].Value, atol: 1e-6), $"{spec}");
                Assert.True(outputs[1].Value.sum(-1).allclose(ones(1), atol: 1e-5));
            }
        }

        static CallForm Form(LayerSpec spec, bool causal, bool scores) => CallForm.Bind(
            spec.CallParameters, [new CallTensor(0), new CallTensor(1)],
            new Dictionary<string, CallValue> { ["use_causal_mask"] = new CallConstant(causal), ["return_attention_scores"] = new CallConstant(scores) }, out _);
    }

    private static bool Same(Tensor one, Tensor other) => one.eq(other).all().item<bool>();

    private static LayerContext Context(Shape input, long seed = 1) => new("layer", input, true, new RandomStreams(seed), CPU);

    private static Layer Build(RecurrentSpec spec, long seed = 1) => LayerTable.Build(spec, Context(new Shape(Batch, Time, Features), seed));

    private static IEnumerable<Cell> Cells(Layer layer) => layer.Sublayers.OfType<Cell>().SelectMany(cell => Cells(cell).Append(cell));

    /// <summary>All steps; the first ones only; the last ones only; with gaps; none.</summary>
    private static Tensor Mask() => tensor(
        new[] { true, true, true, true, true, true, true, true, false, false, false, false, false, false, true, true, true, true, false, true, false, true, true, false, false, false, false, false, false, false },
        [Batch, Time]);

    private static Tensor[] Outputs(Layer layer, Tensor x, Tensor? mask, Tensor[] states) =>
        [.. layer.Apply(new CallContext(training: false).For([new KerasTensor(x, mask), .. states.Select(state => new KerasTensor(state))])).Select(output => output.Value)];

    private static Tensor Train(Layer layer, Tensor x) => layer.Apply(new KerasTensor(x), new CallContext(training: true)).Value;

    private static List<Tensor> Gradients(Tensor[] outputs, Tensor x, Layer layer)
    {
        List<Tensor> variables = [x, .. layer.Weights.Select(weight => weight.Value)];
        foreach (var variable in variables)
            variable.grad = null;
        // Different weights for all outputs, so that none of them can stand for another.
        outputs.Select((output, place) => (output * (linspace(1, 2, output.numel()).view(output.shape) + place)).sum()).Aggregate((sum, next) => sum + next).backward();
        return [.. variables.Select(variable => variable.grad!.clone())];
    }
}
