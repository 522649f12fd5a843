using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Shapes;

namespace TrainingService.Contracts.Tests.Initializers;

public sealed class InitializerSpecTests
{
    [Theory]
    [InlineData("RandomNormal", """{"stddev": -1}""", "stddev", ViolationCodes.OutOfRange)]
    [InlineData("TruncatedNormal", """{"stddev": "1"}""", "stddev", ViolationCodes.WrongType)]
    [InlineData("RandomUniform", """{"minval": 1, "maxval": -1}""", "maxval", ViolationCodes.Conflict)]
    [InlineData("VarianceScaling", """{"scale": 0}""", "scale", ViolationCodes.OutOfRange)]
    [InlineData("VarianceScaling", """{"mode": "fan_all"}""", "mode", ViolationCodes.UnknownValue)]
    [InlineData("VarianceScaling", """{"distribution": "cauchy"}""", "distribution", ViolationCodes.UnknownValue)]
    [InlineData("GlorotUniform", """{"input_axes": [0.5]}""", "input_axes/0", ViolationCodes.NotAnInteger)]
    [InlineData("GlorotUniform", """{"seed": "x"}""", "seed", ViolationCodes.WrongType)]
    [InlineData("Orthogonal", """{"gain": null}""", "gain", ViolationCodes.NullNotAllowed)]
    [InlineData("Identity", """{"gain": []}""", "gain", ViolationCodes.WrongType)]
    [InlineData("STFT", """{"side": "left"}""", "side", ViolationCodes.UnknownValue)]
    [InlineData("STFT", """{"window": "kaiser"}""", "window", ViolationCodes.UnknownValue)]
    public void A_wrong_field_is_refused_where_it_stands(string initializer, string config, string field, string code)
    {
        Assert.Null(ContractsJson.TryRead<InitializerSpec>(Samples.Raw($$"""{"class_name": "{{initializer}}", "config": {{config}} }"""), out var violations));
        Assert.Equal(($"/config/{field}", code), (Assert.Single(violations).Pointer, violations[0].Code));
    }

    [Fact]
    public void A_weight_that_cannot_be_filled_so_is_refused()
    {
        Assert.Throws<SpecException>(() => new Orthogonal().CheckShape(new Shape(8)));
        Assert.Throws<SpecException>(() => new IdentityMatrix().CheckShape(new Shape(3, 3, 3)));
        Assert.Throws<SpecException>(() => new Stft().CheckShape(new Shape(8, 5)));
        Assert.Equal("output_axes", Assert.Throws<SpecException>(() => new HeNormal { InputAxes = [0], OutputAxes = [2] }.CheckShape(new Shape(4, 8))).Field);
        new HeNormal { InputAxes = [0], OutputAxes = [-1] }.CheckShape(new Shape(4, 8));
    }

    [Fact]
    public void Keras_s_other_names_are_read()
    {
        Assert.Equal(
            new VarianceScaling(Distribution: ScalingDistribution.TruncatedNormal),
            ContractsJson.TryRead<InitializerSpec>(Samples.Raw("""{"class_name": "VarianceScaling", "config": {"distribution": "normal"}}"""), out _));
        Assert.Equal(new Stft(Window: null, Scaling: null), ContractsJson.TryRead<InitializerSpec>(Samples.Raw("""{"class_name": "STFTInitializer", "config": {"window": null, "scaling": null}}"""), out _));
        Assert.Equal(new IdentityMatrix(), ContractsJson.TryRead<InitializerSpec>(Samples.Raw("\"identity\""), out _));
    }
}
