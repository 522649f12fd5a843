using System.Text.Json;
using TrainingService.Contracts.Jobs;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class ExampleTests
{
    [Theory, InlineData("mnist-cnn.json", 10), InlineData("mnist-quick.json", 2), InlineData("mnist-expression.json", 2)]
    public void Every_example_is_accepted(string file, int epochs)
    {
        var submission = Samples.Accept(Samples.Example(file));
        Assert.Equal(225_034, submission.Model.TotalParams);
        Assert.Equal(epochs, submission.Spec.Fit!.Epochs);
        Assert.Equal(42, submission.Spec.Seed);
    }

    [Theory, InlineData("keras2_mnist_cnn_v2_15.json"), InlineData("keras2_mnist_cnn_v2_4.json")]
    public void A_model_of_Keras_2_trains_as_well(string file) =>
        Assert.Equal(225_034, Samples.Accept(Samples.MnistCnn().With("/model", Samples.Conformance($"Architectures/{file}")["model"]!.DeepClone())).Model.TotalParams);

    [Fact]
    public void A_model_of_the_first_Keras_2_is_a_bare_list_of_layers()
    {
        var model = Samples.Conformance("Architectures/keras2_mnist_cnn_v2_4.json")["model"]!.AsObject();
        var layers = model["config"]!["layers"]!.DeepClone().AsArray();
        layers.RemoveAt(0);
        model["config"] = layers;
        Assert.Equal(225_034, Samples.Accept(Samples.MnistCnn().With("/model", model.DeepClone())).Model.TotalParams);
    }

    [Fact]
    public void A_resolved_spec_reads_back_as_the_same_text_and_resolves_to_itself()
    {
        var first = JsonSerializer.Serialize(Samples.Accept(Samples.MnistCnn()).Spec, ContractsJson.Options);
        var again = JobSubmission.TryRead(Samples.Raw(first), Samples.Datasets, out var violations);
        Assert.Empty(violations);
        Assert.Equal(first, JsonSerializer.Serialize(again!.Spec, ContractsJson.Options));
        Assert.Equal(first, JsonSerializer.Serialize(JsonSerializer.Deserialize<JobSpec>(first, ContractsJson.Options), ContractsJson.Options));
    }
}
