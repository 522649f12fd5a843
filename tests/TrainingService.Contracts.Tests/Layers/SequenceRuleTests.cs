using System.Text.Json;
using TrainingService.Contracts.Activations;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Layers;

public sealed class SequenceRuleTests
{
    private static readonly Shape Sequence = new(2, 5, 3);

    [Fact]
    public void Older_names_and_dialects_of_Keras_are_read()
    {
        // Keras 2 writes the implementation; since 2.1.3 it says reset_after beside it, before there was only false.
        Assert.Equal(new Shape(12), Bias("GRU", """{"units": 4, "implementation": 1}"""));
        Assert.Equal(new Shape(2, 12), Bias("GRU", """{"units": 4, "implementation": 1, "reset_after": true, "time_major": false}"""));
        Assert.Equal(new Shape(2, 12), Bias("GRU", """{"units": 4}"""));
        Assert.Equal(new Shape(2, 12), Bias("CuDNNGRU", """{"units": 4}"""));
        Assert.Equal(new Shape(16), Bias("CuDNNLSTM", """{"units": 4, "unit_forget_bias": true}"""));
        Assert.Equal(new Shape(4), Bias("SimpleRNN", """{"units": 4, "implementation": 1, "input_dim": 3, "input_length": null}"""));
        Assert.IsType<GroupQueryAttention>(Read("GroupedQueryAttention", """{"head_dim": 2, "num_query_heads": 4, "num_key_value_heads": 2, "flash_attention": null}"""));
        Assert.IsType<Embedding>(Read("Embedding", """{"input_dim": 5, "output_dim": 2, "input_length": 7}"""));

        static Shape Bias(string className, string config) => Read(className, config).Weights(Sequence)[^1].Shape;
    }

    [Fact]
    public void A_merge_mode_of_null_is_kept()
    {
        var layer = (Bidirectional)Read("Bidirectional", """{"merge_mode": null, "layer": {"class_name": "LSTM", "config": {"units": 4, "name": "forward_l"}}}""");
        Assert.Null(layer.MergeMode);
        Assert.Equal([new Shape(2, 4), new Shape(2, 4)], layer.OutputShapes([Sequence], CallSpec.None));
        var again = (Bidirectional)JsonSerializer.Deserialize<LayerSpec>(JsonSerializer.Serialize<LayerSpec>(layer, ContractsJson.Options), ContractsJson.Options)!;
        Assert.Null(again.MergeMode);
        Assert.Equal(["forward_l", "backward_forward_l"], again.Weights(Sequence).Select(weight => weight.Name.Split('/')[0]).Distinct());
    }

    [Fact]
    public void What_is_written_loads_in_Keras()
    {
        var lstm = JsonSerializer.SerializeToElement<LayerSpec>(new LSTM(4).WithDefaults(), ContractsJson.Options).GetProperty("config");
        Assert.False(lstm.TryGetProperty("time_major", out _)); // Keras 3 has no such argument
        Assert.False(lstm.TryGetProperty("implementation", out _));
        var nested = JsonSerializer.SerializeToElement(new TimeDistributed(new Bidirectional(new GRU(4))).WithDefaults(), ContractsJson.Options);
        Assert.Contains("\"reset_after\":true", nested.GetRawText());
        Assert.DoesNotContain("\"reset_after\":null", nested.GetRawText());
        Assert.Contains("\"backward_layer\":{\"class_name\":\"GRU\"", nested.GetRawText());
    }

    [Fact]
    public void Fields_and_calls_that_do_not_go_together_are_refused()
    {
        Refuses("stateful", new LSTM(4) { Stateful = true }, new Shape(null, 5, 3));
        Refuses("unroll", new GRU(4) { Unroll = true }, new Shape(2, null, 3));
        Refuses("activation", new SimpleRNN(4) { Activation = Activation.Glu }, Sequence);
        Refuses("recurrent_activation", new LSTM(4) { RecurrentActivation = Activation.Glu }, Sequence);
        Refuses("cells", new RNN(new StackedRNNCells([])), Sequence);
        Refuses("cells", new RNN(new StackedRNNCells([new GRUCell(2) { Name = "a" }, new GRUCell(2) { Name = "a" }])), Sequence);
        Refuses("backward_layer", new Bidirectional(new LSTM(4), MergeMode.Sum, new LSTM(4)), Sequence);
        Refuses("backward_layer", new Bidirectional(new LSTM(4), MergeMode.Sum, new LSTM(4) { GoBackwards = true, ReturnSequences = true }), Sequence);
        Refuses("merge_mode", new Bidirectional(new LSTM(4), MergeMode.Sum, new LSTM(3) { GoBackwards = true }), Sequence);
        Refuses("strides", new ConvLSTM1D(2, [2]) { Strides = [2], DilationRate = [2] }, new Shape(2, 3, 8, 1));
        Refuses("padding", new ConvLSTM1D(2, [2]) { Padding = Padding.Causal }, new Shape(2, 3, 8, 1));
        Refuses("lora_alpha", new Embedding(5, 2) { LoraAlpha = 2 }, new Shape(2, 3));
        Refuses(null, new LSTM(4), new Shape(2, 5), new Shape(2, 4), new Shape(2, 4));
        Refuses(null, new LSTM(4), Sequence, new Shape(2, 4));
        Refuses(null, new LSTM(4), Sequence, new Shape(2, 4), new Shape(2, 3));
        Refuses(null, new ConvLSTM2D(2, [2, 2]), new Shape(2, 3, null, 4, 1));
        Refuses(null, new Attention(), Sequence);
        Refuses(null, new Attention(), Sequence, new Shape(2, 5, 4));
        RefusesHeads("attention_axes", new MultiHeadAttention(2, 2, AttentionAxes: [2]));
        RefusesHeads("output_shape", new MultiHeadAttention(2, 2, OutputSizes: [0]));
        RefusesHeads("num_query_heads", new GroupQueryAttention(2, 3, 2));
    }

    private static LayerSpec Read(string className, string config)
    {
        var layer = ContractsJson.TryRead<LayerSpec>(Tests.Samples.Raw($$"""{"class_name": "{{className}}", "config": {{config}} }"""), out var violations);
        Assert.Empty(violations);
        return layer!;
    }

    private static void Refuses(string? field, LayerSpec layer, params Shape[] inputs) =>
        Assert.Equal(field, Assert.Throws<SpecException>(() => layer.OutputShapes(inputs, CallSpec.None)).Field);

    private static void RefusesHeads(string field, LayerSpec layer)
    {
        var form = CallForm.Bind(layer.CallParameters, [new CallTensor(0), new CallTensor(1)], new Dictionary<string, CallValue>(), out _);
        Assert.Equal(field, Assert.Throws<SpecException>(() => layer.OutputShapes([Sequence], new CallSpec(form, [Sequence, Sequence]))).Field);
    }
}
