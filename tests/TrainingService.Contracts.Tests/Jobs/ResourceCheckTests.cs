using System.Text.Json.Nodes;
using TrainingService.Contracts.Json;

namespace TrainingService.Contracts.Tests.Jobs;

public sealed class ResourceCheckTests
{
    private static JsonObject With(string resources) => Samples.Regression().With("/resources", resources);

    [Theory]
    [InlineData("""{"device": "cuda:1"}"""), InlineData("""{"mixed_precision": "mixed_bfloat16", "device": "cpu"}"""), InlineData("""{"mixed_precision": "mixed_float16"}""")]
    [InlineData("""{"strategy": "mirrored"}"""), InlineData("""{"strategy": "mirrored", "replicas": 4}""")]
    public void Devices_policies_and_replicas_that_fit_are_accepted(string resources) => Assert.NotNull(Samples.Accept(With(resources)).Spec.Resources);

    [Theory]
    [InlineData("""{"device": "cuda:"}""", "/resources/device"), InlineData("""{"device": "gpu"}""", "/resources/device")]
    [InlineData("""{"mixed_precision": "bfloat16"}""", "/resources/mixed_precision"), InlineData("""{"mixed_precision": "mixed_float16", "device": "cpu"}""", "/resources/mixed_precision")]
    [InlineData("""{"strategy": "horovod"}""", "/resources/strategy"), InlineData("""{"strategy": "mirrored", "replicas": 0}""", "/resources/replicas")]
    [InlineData("""{"replicas": 2}""", "/resources/replicas")]
    public void What_does_not_fit_is_refused_where_it_stands(string resources, string pointer) => Assert.Equal(pointer, Samples.RefuseOne(With(resources)).Pointer);

    [Fact]
    public void Replicas_cannot_normalize_together()
    {
        var job = With("""{"strategy": "mirrored", "replicas": 2}""");
        var layers = job["model"]!["config"]!["layers"]!.AsArray();
        layers.Insert(layers.Count - 1, JsonNode.Parse("""{"class_name": "BatchNormalization", "config": {"synchronized": true}}"""));
        var violation = Samples.RefuseOne(job);
        Assert.Equal(ViolationCodes.Conflict, violation.Code);
        Assert.EndsWith("/config/synchronized", violation.Pointer, StringComparison.Ordinal);
    }
}
