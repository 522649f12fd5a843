using TrainingService.Contracts.Constraints;
using TrainingService.Contracts.Initializers;
using TrainingService.Contracts.Layers;
using TrainingService.Contracts.Regularizers;

namespace TrainingService.Contracts.Tests.Layers;

public static partial class LayerSamples
{
    private static LayerSample[] Expressions =>
    [
        new(new ExpressionLayer("x * sigmoid(beta * x)", new Dictionary<string, double> { ["beta"] = 1.5 }), S(2, 4)),
        new(new ExpressionLayer("x0 * tanh(x1) + mean(x1, axis=-1, keepdims=true)"), S(2, 3, 4), S(2, 3, 4)),
        new(new ExpressionLayer("tanh(matmul(x, kernel) + bias) * scale", Variables:
        [
            new("kernel", S(4, 3), new HeNormal(3), Regularizer: new L2(0.1)), new("bias", S(3), new Zeros(), Constraint: new NonNeg()),
            new("scale", S(1), new Constant(2), Trainable: false),
        ]), S(2, 5, 4)),
        new(new ExpressionLayer("softmax(x[..., :2] - logsumexp(x, axis=-1, keepdims=true))"), S(2, 4)),
    ];
}
