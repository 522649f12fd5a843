using TrainingService.Contracts.Json;
using TrainingService.Contracts.Layers;

namespace TrainingService.Contracts.Tests.Layers;

public sealed class LayerFieldTests
{
    [Theory]
    [InlineData("Conv2D", """{"filters": 2, "kernel_size": 3, "strides": 2, "dilation_rate": [1, 2]}""", "strides")]
    [InlineData("Conv2D", """{"filters": 3, "kernel_size": 3, "groups": 2}""", "groups")]
    [InlineData("Conv2D", """{"filters": 2, "kernel_size": 3, "padding": "causal"}""", "padding")]
    [InlineData("Conv1D", """{"filters": 2, "kernel_size": 3, "lora_alpha": 2}""", "lora_alpha")]
    [InlineData("Conv1D", """{"filters": 2, "kernel_size": [3, 3]}""", "kernel_size")]
    [InlineData("Conv3D", """{"filters": 2, "kernel_size": 3, "strides": [1, 0, 1]}""", "strides/1")]
    [InlineData("Conv2DTranspose", """{"filters": 2, "kernel_size": 3, "strides": 2, "output_padding": [1, 2]}""", "output_padding")]
    [InlineData("Conv2DTranspose", """{"filters": 2, "kernel_size": 3, "groups": 2}""", "groups")]
    [InlineData("DepthwiseConv1D", """{"kernel_size": 3, "padding": "causal"}""", "padding")]
    [InlineData("SeparableConv2D", """{"filters": 2, "kernel_size": 3, "depth_multiplier": 0}""", "depth_multiplier")]
    [InlineData("MaxPooling2D", """{"padding": "causal"}""", "padding")]
    [InlineData("AveragePooling1D", "{}", "pool_size")]
    [InlineData("Dense", """{"units": 2, "lora_rank": 2, "kernel_constraint": "non_neg"}""", "lora_rank")]
    [InlineData("EinsumDense", """{"equation": "ab,bc", "output_shape": 3}""", "equation")]
    [InlineData("EinsumDense", """{"equation": "ab...,bc->...ac", "output_shape": 3}""", "equation")]
    [InlineData("Permute", """{"dims": [1, 3]}""", "dims")]
    [InlineData("Reshape", """{"target_shape": [-1, 2, -1]}""", "target_shape")]
    [InlineData("ZeroPadding2D", """{"padding": [[1, 2], [3]]}""", "padding/1")]
    [InlineData("Cropping1D", """{"cropping": [1, -1]}""", "cropping/1")]
    [InlineData("UpSampling2D", """{"interpolation": "cubic"}""", "interpolation")]
    [InlineData("BatchNormalization", """{"axis": [1, 2]}""", "axis")]
    [InlineData("BatchNormalization", """{"renorm": true, "renorm_clipping": {"rmax": 0.5, "rmin": 1}}""", "renorm_clipping")]
    [InlineData("BatchNormalization", """{"renorm": true, "renorm_clipping": {"dmin": 1}}""", "renorm_clipping/dmin")]
    [InlineData("GroupNormalization", """{"groups": 0}""", "groups")]
    [InlineData("SpectralNormalization", """{"layer": {"class_name": "Dense", "config": {"units": 0}}}""", "layer/config/units")]
    [InlineData("GaussianDropout", """{"rate": 1}""", "rate")]
    [InlineData("Dropout", """{"rate": 0.5, "noise_shape": [null, 0]}""", "noise_shape/1")]
    [InlineData("Dot", """{"axes": [1, 1, 1]}""", "axes")]
    [InlineData("Pipeline", """{"layers": [{"class_name": "Dense", "config": {"units": 1}}, {"class_name": "Lambda", "config": {}}]}""", "layers/1/class_name")]
    public void Fields_that_do_not_go_together_are_refused_at_the_one_that_breaks_the_rule(string layer, string config, string field)
    {
        Assert.Null(ContractsJson.TryRead<LayerSpec>(Tests.Samples.Raw($$"""{"class_name": "{{layer}}", "config": {{config}} }"""), out var violations));
        Assert.Equal($"/config/{field}", Assert.Single(violations).Pointer);
    }

    [Theory]
    [InlineData("Conv2D", """{"filters": 2, "kernel_size": 3, "groups": 1, "kernel_initializer": null, "activation": null}""")]
    [InlineData("DepthwiseConv2D", """{"kernel_size": 3, "groups": 1, "data_format": "channels_last"}""")]
    [InlineData("SeparableConv2D", """{"filters": 2, "kernel_size": [3, 3], "groups": 1, "kernel_initializer": {"class_name": "GlorotUniform", "config": {"seed": null}}, "kernel_regularizer": null}""")]
    [InlineData("Deconvolution2D", """{"filters": 2, "kernel_size": 3, "groups": 1}""")]
    [InlineData("BatchNormalization", """{"axis": [3]}""")]
    [InlineData("BatchNormalizationV1", """{"axis": -1}""")]
    [InlineData("LeakyReLU", """{"alpha": 0.30000001192092896}""")]
    [InlineData("GlobalAvgPool2D", """{"data_format": "channels_last"}""")]
    [InlineData("EinsumDense", """{"equation": "ab,bc->ac", "output_shape": 3, "bias_axes": null, "gptq_unpacked_column_size": null}""")]
    [InlineData("ActivityRegularization", """{"l1": 0.1, "l2": 0.2}""")]
    [InlineData("Activation", """{"activation": "relu", "activity_regularizer": "l2"}""")]
    [InlineData("SpatialDropout2D", """{"rate": 0.5, "seed": null, "name": "drop", "dtype": "float32", "data_format": "channels_last"}""")]
    public void What_older_versions_of_Keras_wrote_is_read(string layer, string config)
    {
        Assert.NotNull(ContractsJson.TryRead<LayerSpec>(Tests.Samples.Raw($$"""{"class_name": "{{layer}}", "config": {{config}} }"""), out var violations));
        Assert.Empty(violations);
    }

    [Fact]
    public void Layers_whose_classes_have_no_such_arguments_are_written_without_them()
    {
        Assert.DoesNotContain("trainable", Write(new SpatialDropout1D(0.5)));
        Assert.DoesNotContain("dtype", Write(new LayerPipeline([])));
        Assert.DoesNotContain("groups", Write(new DepthwiseConv2D([3, 3])));
        Assert.DoesNotContain("activity_regularizer", Write(new Dense(3)));
        Assert.Contains("\"dtype\":\"float32\",\"filters\":2,\"kernel_size\":[3,3],", Write(new Conv2D(2, [3, 3])));
        Assert.Contains("\"axis\":-1", Write(new Softmax()));
        Assert.Contains("\"cropping\":[1,1]", Write(new Cropping1D()));
    }

    private static string Write(LayerSpec spec) => System.Text.Json.JsonSerializer.Serialize(spec, ContractsJson.Options);
}
