using System.Reflection;
using TorchSharp;
using TrainingService.Contracts.Tests.Layers;
using TrainingService.Engine.Callbacks;
using TrainingService.Engine.Checkpoints;
using TrainingService.Engine.Layers;
using TrainingService.Engine.Metrics;
using TrainingService.Engine.Optimizers;
using TrainingService.Engine.Tests.Layers;
using TrainingService.Engine.Tests.Training;
using static TorchSharp.torch;

namespace TrainingService.Engine.Tests.Checkpoints;

/// <summary>Whatever remembers something from batch to batch is part of a checkpoint: nothing in the catalogs is forgotten.</summary>
[Collection(TrainingCollection.Name)]
public sealed class StateWalkTests
{
    private static readonly List<LayerSample> Samples = [.. LayerSamples.All.Where(sample => sample.OnTensors)];

    /// <summary>Fields that change and are no state, with the reason.</summary>
    private static readonly Dictionary<string, string> Known = new()
    {
        ["Conv._activation"] = "decided while the model is built", ["SpectralNormalization._byModel"] = "decided while the model is built", ["MaxPooling._activation"] = "decided while the model is built", ["Pooling._activation"] = "decided while the model is built",
        ["Cell.MayRunNatively"] = "set by tests that compare", ["Layer._generators"] = "written by Layer itself", ["Layer._sublayers"] = "written by Layer itself",
        ["Layer._weights"] = "written by Model", ["Discretization._sketch"] = "empty outside of adapt", ["Discretization.BinBoundaries"] = "what _boundaries holds",
        ["Normalization._sumOfMeans"] = "empty outside of adapt", ["Normalization._sumOfVariances"] = "empty outside of adapt", ["Normalization._count"] = "empty outside of adapt",
        ["Callback.Fit"] = "the fit", ["UpdateRule.Rate"] = "of the step that is being made", ["UpdateRule.Untouched"] = "of the step that is being made",
        ["OperationLayer._constants"] = "the spec's", ["Metric.LogNames"] = "decided while the model is compiled",
    };

    public static TheoryData<int> All => new(Enumerable.Range(0, Samples.Count));

    [Theory, MemberData(nameof(All))]
    public void A_layer_built_anew_and_given_the_state_goes_on_with_the_same_outputs(int number)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var first = new BuiltSample(Samples[number], float32, seed: 1);
        using var second = new BuiltSample(Samples[number], float32, seed: 1);
        foreach (var (mine, other) in second.Tensors.Zip(first.Tensors))
            mine.copy_(other);
        for (var i = 0; i < 3; i++)
            first.Call(training: true);
        var state = new StateWriter();
        state.Add("layer", first.Layer);
        using var content = state.Content;
        foreach (var (weight, moved) in second.Layer.Weights.Zip(first.Layer.Weights))
            weight.Assign(moved.Value);
        var reader = new StateReader(content);
        reader.Read("layer", second.Layer);
        reader.ExpectEnd();
        for (var i = 0; i < 3; i++)
        {
            foreach (var (expected, received) in first.Call(training: true).Zip(second.Call(training: true)))
                Assert.True(expected.eq(received).logical_or(expected.isnan()).all().item<bool>(), Samples[number].ToString());
        }
    }

    public static TheoryData<Type> Stateful =>
        [.. typeof(Layer).Assembly.GetTypes().Where(type => !type.IsInterface && (type.IsSubclassOf(typeof(Layer)) || type.IsSubclassOf(typeof(Callback)) || type.IsSubclassOf(typeof(Optimizer)) || type.IsSubclassOf(typeof(Metric))))];

    /// <summary>A class with a field that can change writes its state; a new one with such a field is caught here.</summary>
    [Theory, MemberData(nameof(Stateful))]
    public void A_class_that_remembers_something_writes_it(Type type)
    {
        var fields = type.GetFields(BindingFlags.Instance | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(field => !field.Name.EndsWith(">P", StringComparison.Ordinal)) // a constructor's parameter, which nothing sets again
            .Where(field => !field.IsInitOnly || IsChangeable(field.FieldType))
            .Select(field => $"{type.Name.Split('`')[0]}.{(field.Name[0] == '<' ? field.Name[1..field.Name.IndexOf('>', StringComparison.Ordinal)] : field.Name)}")
            .Where(name => !Known.ContainsKey(name)).ToList();
        if (fields.Count > 0)
            Assert.True(new[] { "WriteState", "GetState" }.Any(name => Overrides(type, name)), $"{type.Name} has {string.Join(", ", fields)} and writes no state.");
    }

    private static bool Overrides(Type type, string name) =>
        type.GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Any(method => method.Name == name)
        || (type.IsAbstract && name == "WriteState" && type.GetMethods().Any(method => method.Name == name && method.DeclaringType == type));

    private static bool IsChangeable(Type type) =>
        type == typeof(Engine.Random.SplitMix64) || (type.IsGenericType && type.GetGenericTypeDefinition() is var open && (open == typeof(Dictionary<,>) || open == typeof(SortedDictionary<,>) || open == typeof(HashSet<>)));

    [Fact]
    public void A_layer_draws_from_generators_that_it_writes()
    {
        var layers = Path.Combine(Repository(), "src", "TrainingService.Engine", "Layers");
        var making = new System.Text.RegularExpressions.Regex(@"new\s+(torch\.)?Generator\(|\.Generator\(""");
        Assert.Equal(["Layer.cs"], Directory.EnumerateFiles(layers, "*.cs", SearchOption.AllDirectories).Where(file => making.IsMatch(File.ReadAllText(file))).Select(Path.GetFileName));
    }

    private static string Repository() => Path.GetFullPath(Path.Combine(Training.Jobs.MnistFolder(), "..", "..", ".."));
}
